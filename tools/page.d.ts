// What the page's classic scripts put on `window`, for `tsc`.

interface Window {
  io: typeof import("socket.io-client").io;
  fflate: { inflateSync(data: Uint8Array): Uint8Array };
  Plotly: any; // the wheel brings no types
}
