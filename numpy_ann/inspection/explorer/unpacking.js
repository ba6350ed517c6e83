// From the text in the file to numbers.

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The weights lie one after another: for each stage its kernel (inputs, units) row by row, then its bias.
function withWeights(stages, base64) {
  const numbers = new Float32Array(bytesOf(base64).buffer);
  let start = 0;
  const take = (count) => numbers.subarray(start, (start += count));
  return stages.map((stage) => ({
    ...stage,
    kernel: take(stage.inputs * stage.units),
    bias: take(stage.units),
    off: new Set(), // units whose output is held at 0
  }));
}

async function unpackSample(sample, pixelsEach) {
  const bytes = await inflate(bytesOf(sample.pictures));
  return {
    ...sample,
    count: sample.labels.length,
    picture: (i) => bytes.subarray(i * pixelsEach, (i + 1) * pixelsEach),
  };
}
