// What the page's classic scripts put on `window`, for `tsc`.

interface Window {
  io: typeof import("socket.io-client").io;
  fflate: {
    inflateSync(data: Uint8Array): Uint8Array;
    unzipSync(
      data: Uint8Array,
      options: { filter(part: { name: string; originalSize: number }): boolean },
    ): Record<string, Uint8Array>;
  };
  Papa: any; // papaparse brings no types
  Plotly: any; // the wheel brings no types
}
