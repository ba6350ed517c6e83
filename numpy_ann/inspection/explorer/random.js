// Random numbers that come again with the same seed, so that an accuracy is a fact and not a mood.

// Uniform numbers from 0 to 1. Source: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003).
function uniformStream(seed) {
  const next = streamFrom(Math.imul(seed + 1, 0x9e3779b1) | 1); // anything but 0
  for (let i = 0; i < 8; i++) next(); // neighbouring seeds begin alike
  return next;
}

// copy() gives a stream of the numbers still to come, which leaves this one where it is.
function streamFrom(state) {
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  next.copy = () => streamFrom(state);
  return next;
}

// Numbers of the standard normal distribution. Source: Box and Muller (1958).
function normalStream(seed) {
  const uniform = uniformStream(seed);
  let spare = null;
  return () => {
    if (spare !== null) {
      const number = spare;
      spare = null;
      return number;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

// The numbers from 0 to count - 1 in random order. Source: Fisher and Yates; Durstenfeld (1964).
function shuffled(count, seed) {
  const uniform = uniformStream(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
