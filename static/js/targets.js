/* The table of targets: paste a block of cells, move with the arrows, see the sums at once.
   Without this it is a plain form. */
import { thousands } from "./numbers.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1, Enter: 1 };
const NAMED_AT_MOST = 8;

const table = document.querySelector("[data-targets]");
const said = document.getElementById("target-said");

/* A line of cells that may be filled; the area's own line stands above those below it. */
const rows = [...(table?.tBodies[0].rows ?? [])]
  .map((row) => ({
    name: row.cells[0].textContent.replace("（本级）", ""),
    isOwn: row.classList.contains("target-own"),
    cells: [...row.querySelectorAll("input")],
  }))
  .filter((row) => row.cells.length);

const numberIn = (text) => {
  const plain = text.normalize("NFKC").replace(/[,\s]/g, "");
  return /^\d+$/.test(plain) ? Number(plain) : 0;
};

const difference = (sum, wanted) => {
  const over = sum - wanted;
  if (Number.isNaN(over)) return "—";
  if (over > 0) return `多 ${thousands(over)}`;
  return over < 0 ? `少 ${thousands(-over)}` : "一致";
};

const addUp = () => {
  const goals = [...table.querySelectorAll("[data-difference]")];
  for (const [column, place] of table.querySelectorAll("[data-sum]").entries()) {
    const below = rows.filter((row) => !row.isOwn);
    const sum = below.reduce((total, row) => total + numberIn(row.cells[column].value), 0);
    place.textContent = thousands(sum);
    const own = rows[0].isOwn ? rows[0].cells[column].value : "";
    const goal = goals[column].parentNode.previousElementSibling.cells[column + 1];
    const isCount = own && !/%|％/.test(own);
    const wanted = isCount ? numberIn(own) : Number(goal.dataset.goal || Number.NaN);
    goals[column].textContent = difference(sum, wanted);
  }
};

const position = (input) => {
  for (const [row, { cells }] of rows.entries()) {
    const column = cells.indexOf(input);
    if (column >= 0) return { row, column };
  }
  return null;
};

/* 「贵阳」 means 贵阳市 and 「黔西南州」 the prefecture with the long name. */
const rowNamed = (text) => {
  const plain = text.replace(/\s/g, "");
  const exact = rows.find((row) => row.name === plain);
  if (exact) return exact;
  const stem = plain.replace(/(自治州|自治县|[州市县区])$/, "");
  if (stem.length < 2) return null;
  const starting = rows.filter((row) => row.name.startsWith(stem));
  return starting.length === 1 ? starting[0] : null;
};

const words = (done, missed) => {
  const filled = `已填入 ${done} 格，保存后生效。`;
  if (!missed.length) return filled;
  const more = missed.length > NAMED_AT_MOST ? ` 等 ${missed.length} 行` : "";
  const names = missed.slice(0, NAMED_AT_MOST).join("、");
  return `${filled}这些行没有对上地区，没有填：${names}${more}。`;
};

/* Puts lines of values into the table from a cell on; lines that begin with a name go to
   the row of that name. */
const fill = (block, start) => {
  const isNamed = block.some((line) => line.length > 1 && rowNamed(line[0]));
  const missed = [];
  let done = 0;
  for (const [down, line] of block.entries()) {
    const row = isNamed ? rowNamed(line[0]) : rows[start.row + down];
    if (!row) {
      missed.push(line[0]);
      continue;
    }
    for (const [right, value] of (isNamed ? line.slice(1) : line).entries()) {
      const cell = row.cells[start.column + right];
      if (!cell) continue;
      cell.value = value.trim();
      done += 1;
    }
  }
  said.textContent = words(done, missed);
};

const paste = (event) => {
  const text =
    event.clipboardData?.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "") ?? "";
  const start = position(event.target);
  if (!start || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  fill(
    text.split("\n").map((line) => line.split("\t")),
    start,
  );
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
};

const step = (event) => {
  const by = event.isComposing ? undefined : STEPS[event.key];
  const from = by && position(event.target);
  const to = from && rows[from.row + by];
  if (!to) return;
  event.preventDefault();
  to.cells[from.column].focus();
  to.cells[from.column].select();
};

if (rows.length) {
  table.addEventListener("paste", paste);
  table.addEventListener("keydown", step);
  table.addEventListener("input", addUp);
  addUp();
}
