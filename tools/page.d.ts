// What the page's classic scripts put on `window`, for `tsc`.

interface Window {
  io: typeof import("socket.io-client").io;
  Plotly: any; // the wheel brings no types
}
