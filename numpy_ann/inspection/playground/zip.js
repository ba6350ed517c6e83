// Zip archives: what a .keras file is. Source: PKWARE, "APPNOTE.TXT: .ZIP File Format Specification" 6.3.

// The remainder of a division of polynomials over two elements. Source: ISO 3309.
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// files: { name: bytes }, kept as they are. Returns the archive's bytes.
function writeZip(files) {
  const [pieces, directory] = [[], []];
  let at = 0;
  const fields = (...pairs) => {
    const bytes = new DataView(new ArrayBuffer(pairs.reduce((sum, [size]) => sum + size, 0)));
    pairs.reduce((next, [size, value]) => (size === 4 ? bytes.setUint32(next, value, true) : bytes.setUint16(next, value, true), next + size), 0);
    return new Uint8Array(bytes.buffer);
  };
  const add = (...parts) => parts.forEach((part) => (pieces.push(part), (at += part.length)));
  for (const [name, bytes] of Object.entries(files)) {
    const letters = new TextEncoder().encode(name);
    // version, flags, method, time, date (1 January 1980), check sum, sizes, lengths of name and extra field
    const common = fields([2, 20], [2, 0], [2, 0], [2, 0], [2, 33], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, letters.length], [2, 0]);
    directory.push(fields([4, 0x02014b50], [2, 20]), common, fields([2, 0], [2, 0], [2, 0], [4, 0], [4, at]), letters);
    add(fields([4, 0x04034b50]), common, letters, bytes);
  }
  const [start, number] = [at, Object.keys(files).length];
  add(...directory);
  add(fields([4, 0x06054b50], [2, 0], [2, 0], [2, number], [2, number], [4, at - start], [4, start], [2, 0]));
  return new Uint8Array(pieces.reduce((all, piece) => (all.set(piece, all.at), (all.at += piece.length), all), Object.assign(new Uint8Array(at), { at: 0 })));
}

const LARGEST_MEMBER = 2 ** 28;

// Returns { name: bytes } of those names.
async function readZip(bytes, names) {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && file.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("This is no .keras file: it is no zip archive.");
  const found = {};
  let at = file.getUint32(end + 16, true);
  for (let i = 0; i < file.getUint16(end + 10, true); i++) {
    const [method, packed, size] = [file.getUint16(at + 10, true), file.getUint32(at + 20, true), file.getUint32(at + 24, true)];
    const [nameLength, extra, comment, local] = [28, 30, 32].map((o) => file.getUint16(at + o, true)).concat(file.getUint32(at + 42, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (names.includes(name)) {
      const start = local + 30 + file.getUint16(local + 26, true) + file.getUint16(local + 28, true);
      if (size > LARGEST_MEMBER || ![0, 8].includes(method)) throw new Error(`${name} in this file is too large, or packed in an unusual way.`);
      const body = bytes.slice(start, start + packed);
      found[name] = method ? new Uint8Array(await new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()) : body;
      if (found[name].length !== size) throw new Error(`${name} in this file is damaged.`);
    }
    at += 46 + nameLength + extra + comment;
  }
  const missing = names.filter((name) => !(name in found));
  if (missing.length) throw new Error(`This is no .keras file: it has no ${missing.join(" and no ")}.`);
  return found;
}
