// Test pictures as small buttons: choosing one puts it on the pad.

function gallery(model, sample, onChoose) {
  return (container, numbers, scored) => {
    container.replaceChildren(
      ...numbers.map((i) => {
        const canvas = paintInk(make("canvas", { "aria-hidden": "true" }), sample.picture(i), model.rows, model.columns);
        const [label, read] = [sample.labels[i], scored.predictions[i]];
        const text = `Test picture ${whole(sample.indices[i])}: labelled ${label}, read as ${read}`;
        const wrong = label !== read;
        return make("button", { type: "button", class: wrong ? "thumb wrong" : "thumb", title: text, "aria-label": text, onclick: () => onChoose(i) }, canvas);
      }),
    );
  };
}
