// Frames as docs/protocol.md has them for a page.

import { deflateRawSync } from "node:zlib";

/** content: the whole frame, or its difference to the one with the sequence `before`, which is 0 for a whole one. */
export function deflated(content, sequence, before) {
  const body = deflateRawSync(content);
  const message = new Uint8Array(12 + body.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, 0x32464c50, true);
  view.setUint32(4, sequence, true);
  view.setUint32(8, before, true);
  message.set(body, 12);
  return message.buffer;
}
