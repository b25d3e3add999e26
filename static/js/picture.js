/* A chart as a picture that says by itself what it shows, where, as of when and by which
   versions. */
import { FONT, INK, LINE, MUTED } from "./charts.js";

const SCALE = 2;
const EDGE = 16 * SCALE;
const ROW = 24 * SCALE;
const BOLD = `600 ${15 * SCALE}px ${FONT}`;
const PLAIN = `${12 * SCALE}px ${FONT}`;

/* A text in lines of a width; numbers stay whole. */
const wrapped = (pen, text, width) => {
  const lines = [""];
  for (const piece of text.match(/[\w.,%-]+|./gu) ?? []) {
    const line = lines.at(-1) + piece;
    if (pen.measureText(line).width > width) lines.push(piece);
    else lines[lines.length - 1] = line;
  }
  return lines;
};

/* The legend in rows of a width: what stands where. */
const legendOf = (pen, chart, width) => {
  const classes = chart.getOption().visualMap?.[0]?.pieces ?? [];
  let x = 0;
  let row = 0;
  return classes.map(({ color, label }) => {
    const needs = pen.measureText(label).width + 34 * SCALE;
    if (x && x + needs > width) {
      x = 0;
      row += 1;
    }
    x += needs;
    return { color, label, x: x - needs, row };
  });
};

const drawClass = (pen, shade, below) => {
  const left = EDGE + shade.x;
  const bottom = below + (shade.row + 0.5) * ROW;
  pen.fillStyle = shade.color;
  pen.strokeStyle = LINE;
  pen.fillRect(left, bottom - 11 * SCALE, 14 * SCALE, 12 * SCALE);
  pen.strokeRect(left, bottom - 11 * SCALE, 14 * SCALE, 12 * SCALE);
  pen.fillStyle = INK;
  pen.fillText(shade.label, left + 20 * SCALE, bottom);
};

const draw = (chart, data, name) => {
  const drawn = chart.renderToCanvas({ pixelRatio: SCALE, backgroundColor: "#fff" });
  const picture = document.createElement("canvas");
  const pen = picture.getContext("2d");
  const width = drawn.width - 2 * EDGE;
  pen.font = BOLD;
  const title = wrapped(pen, `${data.place}  ${name}`, width);
  pen.font = PLAIN;
  const stamp = wrapped(pen, data.stamp, width);
  const classes = legendOf(pen, chart, width);
  const legendRows = classes.length ? classes.at(-1).row + 1 : 0;
  const below = (title.length + 0.5) * ROW + drawn.height;
  // Setting the size forgets the pen.
  picture.width = drawn.width;
  picture.height = below + (legendRows + stamp.length + 0.5) * ROW;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(drawn, 0, (title.length + 0.5) * ROW);
  pen.fillStyle = INK;
  pen.font = BOLD;
  for (const [row, text] of title.entries()) pen.fillText(text, EDGE, (row + 1) * ROW);
  pen.font = PLAIN;
  for (const shade of classes) drawClass(pen, shade, below);
  pen.fillStyle = MUTED;
  for (const [row, text] of stamp.entries()) {
    pen.fillText(text, EDGE, below + (legendRows + row + 0.5) * ROW);
  }
  return picture;
};

const save = (picture, name) =>
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");

/* Shows the button that belongs to the chart of this id. */
export const offerPicture = (id, chart, data) => {
  const button = document.querySelector(`[data-picture="${id}"]`);
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const name = `${data.place}_${data.indicator}_${button.dataset.kind}_${data.on}.png`;
    save(draw(chart, data, button.dataset.name), name);
  });
};
