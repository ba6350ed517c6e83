// HDF5 files of groups and arrays, written and read: what Keras keeps weights in.
// Source: The HDF Group, "HDF5 File Format Specification Version 3.0": superblock 0, object headers 1,
// groups as a symbol table (B-tree, heap, one node), datasets in one piece.

const UNDEFINED = 0xffffffffffffffffn;
const TYPES = {
  // class and version, bits, size, then: bit offset, precision (and, of floats, where exponent and mantissa are)
  f4: [0x11, 0x20, 0x1f, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0, 0, 0, 0, 0],
  i8: [0x10, 0x08, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0],
};

// tree: { name: tree, or { type: "f4" or "i8", shape, values } }. Returns the file's bytes.
function writeHdf5(tree) {
  const chunks = [];
  let end = 96; // behind the superblock
  const place = (size) => {
    const bytes = new DataView(new ArrayBuffer(size));
    chunks.push([end, bytes]);
    end += Math.ceil(size / 8) * 8;
    return [bytes, chunks[chunks.length - 1][0]];
  };
  const text = (bytes, at, letters) => [...letters].forEach((letter, i) => bytes.setUint8(at + i, letter.charCodeAt(0)));
  const long = (bytes, at, value) => bytes.setBigUint64(at, BigInt(value), true);
  const isArray = (node) => node.values !== undefined;
  const count = (node) => (isArray(node) ? 0 : Math.max(Object.keys(node).length, ...Object.values(node).map(count)));
  const leaf = Math.max(4, Math.ceil(count(tree) / 2)); // a node holds twice as many

  // messages: [type, bytes]. Returns where the header stands.
  const header = (messages) => {
    const size = messages.reduce((sum, [, body]) => sum + 8 + body.byteLength, 0);
    const [bytes, at] = place(16 + size);
    bytes.setUint8(0, 1);
    bytes.setUint16(2, messages.length, true);
    bytes.setUint32(4, 1, true);
    bytes.setUint32(8, size, true);
    let next = 16;
    for (const [type, body] of messages) {
      bytes.setUint16(next, type, true);
      bytes.setUint16(next + 2, body.byteLength, true);
      new Uint8Array(bytes.buffer).set(new Uint8Array(body.buffer), next + 8);
      next += 8 + body.byteLength;
    }
    return at;
  };

  const writeArray = ({ type, shape, values }) => {
    const size = TYPES[type][4];
    const [data, at] = place(values.length * size);
    values.forEach((v, i) => (type === "f4" ? data.setFloat32(i * size, v, true) : data.setBigInt64(i * size, BigInt(v), true)));
    const space = new DataView(new ArrayBuffer(8 + 8 * shape.length));
    space.setUint8(0, 1);
    space.setUint8(1, shape.length);
    shape.forEach((n, i) => long(space, 8 + 8 * i, n));
    const layout = new DataView(new ArrayBuffer(24));
    layout.setUint8(0, 3);
    layout.setUint8(1, 1); // in one piece
    long(layout, 2, at);
    long(layout, 10, values.length * size);
    return [header([[1, space], [3, new DataView(Uint8Array.from(TYPES[type]).buffer)], [8, layout]])];
  };

  const writeGroup = (group) => {
    const names = Object.keys(group).sort();
    const places = names.map((name) => (isArray(group[name]) ? writeArray : writeGroup)(group[name]));
    const offsets = [];
    let length = 8; // an empty name comes first
    for (const name of names) {
      offsets.push(length);
      length += Math.ceil((name.length + 1) / 8) * 8;
    }
    const [letters, lettersAt] = place(length);
    names.forEach((name, i) => text(letters, offsets[i], name));
    const [heap, heapAt] = place(32);
    text(heap, 0, "HEAP");
    [length, 1, lettersAt].forEach((value, i) => long(heap, 8 + 8 * i, value)); // 1: nothing is free
    const [node, nodeAt] = place(8 + 2 * leaf * 40);
    text(node, 0, "SNOD");
    node.setUint8(4, 1);
    node.setUint16(6, names.length, true);
    places.forEach(([at, tree, heap], i) => {
      long(node, 8 + 40 * i, offsets[i]);
      long(node, 16 + 40 * i, at);
      if (tree === undefined) return;
      node.setUint32(24 + 40 * i, 1, true);
      long(node, 32 + 40 * i, tree);
      long(node, 40 + 40 * i, heap);
    });
    const [tree, treeAt] = place(24 + 33 * 8 + 32 * 8);
    text(tree, 0, "TREE");
    tree.setUint16(6, names.length ? 1 : 0, true);
    [UNDEFINED, UNDEFINED, 0, nodeAt, offsets[offsets.length - 1] ?? 0].forEach((value, i) => long(tree, 8 + 8 * i, value));
    const table = new DataView(new ArrayBuffer(16));
    long(table, 0, treeAt);
    long(table, 8, heapAt);
    return [header([[17, table]]), treeAt, heapAt];
  };

  const [root, rootTree, rootHeap] = writeGroup(tree);
  const file = new DataView(new ArrayBuffer(end));
  new Uint8Array(file.buffer).set([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0, 0, 0, 0, 0, 8, 8, 0]);
  file.setUint16(16, leaf, true);
  file.setUint16(18, 16, true);
  [0, UNDEFINED, end, UNDEFINED, 0, root].forEach((value, i) => long(file, 24 + 8 * i, value));
  file.setUint32(72, 1, true);
  long(file, 80, rootTree);
  long(file, 88, rootHeap);
  for (const [at, bytes] of chunks) new Uint8Array(file.buffer).set(new Uint8Array(bytes.buffer), at);
  return new Uint8Array(file.buffer);
}

// Returns the tree of groups and arrays that writeHdf5 takes; other types of numbers come as doubles.
function readHdf5(bytes) {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (at) => Number(file.getBigUint64(at, true));
  const word = (at, size) => String.fromCharCode(...bytes.subarray(at, at + size));
  const expect = (held, what) => {
    if (!held) throw new Error(`The weights in this file are not as Keras writes them: ${what}.`);
  };
  expect(word(1, 3) === "HDF" && bytes[8] === 0 && bytes[13] === 8, "another kind or version of HDF5");

  const messagesOf = (at) => {
    expect(bytes[at] === 1, "an object header of another version");
    const found = [];
    const pieces = [[at + 16, file.getUint32(at + 8, true)]];
    for (let piece = 0; piece < pieces.length && pieces.length < 1000; piece++) {
      let [next, left] = pieces[piece];
      while (left >= 8) {
        const [type, size] = [file.getUint16(next, true), file.getUint16(next + 2, true)];
        if (type === 16) pieces.push([long(next + 8), long(next + 16)]);
        else found.push([type, next + 8]);
        next += 8 + size;
        left -= 8 + size;
      }
    }
    return new Map(found.reverse());
  };

  const readArray = (messages) => {
    const [space, type, layout] = [messages.get(1), messages.get(3), messages.get(8)];
    const rank = bytes[space + 1];
    const shape = Array.from({ length: rank }, (_, i) => long(space + (bytes[space] === 1 ? 8 : 4) + 8 * i));
    const [kind, size] = [bytes[type] & 15, file.getUint32(type + 4, true)];
    const total = shape.reduce((a, b) => a * b, 1);
    expect(bytes[layout] >= 3 && bytes[layout + 1] <= 1, "compressed arrays");
    const compact = bytes[layout + 1] === 0;
    const at = compact ? layout + 4 : long(layout + 2);
    const read = { "0-4": (i) => file.getInt32(i, true), "0-8": (i) => Number(file.getBigInt64(i, true)), "1-4": (i) => file.getFloat32(i, true), "1-8": (i) => file.getFloat64(i, true) }[`${kind}-${size}`];
    expect(read && total * size <= bytes.length, "arrays of other numbers");
    return { type: kind ? "f4" : "i8", shape, values: Float64Array.from({ length: total }, (_, i) => read(at + i * size)) };
  };

  const readObject = (at, depth) => {
    expect(depth < 20, "groups inside groups without an end");
    const messages = messagesOf(at);
    if (!messages.has(17)) return readArray(messages);
    const [tree, heap] = [long(messages.get(17)), long(messages.get(17) + 8)];
    const letters = long(heap + 24);
    const group = {};
    const visit = (node, level) => {
      expect(word(node, 4) === "TREE" && level < 20, "a group that isn't one");
      const [inner, used] = [bytes[node + 5], file.getUint16(node + 6, true)];
      for (let i = 0; i < used; i++) {
        const child = long(node + 32 + 16 * i);
        if (inner) visit(child, level + 1);
        else readNode(child);
      }
    };
    const readNode = (node) => {
      expect(word(node, 4) === "SNOD", "a group without members");
      for (let i = 0; i < file.getUint16(node + 6, true); i++) {
        const start = letters + long(node + 8 + 40 * i);
        group[word(start, bytes.indexOf(0, start) - start)] = readObject(long(node + 16 + 40 * i), depth + 1);
      }
    };
    visit(tree, 0);
    return group;
  };
  try {
    return readObject(long(64), 0);
  } catch (error) {
    if (error instanceof RangeError) expect(false, "it ends too early");
    throw error;
  }
}
