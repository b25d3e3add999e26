/* The charts of the dashboard. Their data stands in the page (#board-data); each has its table
   beside it, so nothing is lost where this does not run. */
import { drawMap } from "./map.js";
import { offerPicture } from "./picture.js";
import { drawTrend } from "./trend.js";

const charts = [];

const add = (id, chart, data) => {
  charts.push(chart);
  offerPicture(id, chart, data);
};

const loadMap = async (place, data) => {
  try {
    const response = await fetch(place.dataset.url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(response.status);
    add(place.id, drawMap(place, data, await response.json()), data);
  } catch {
    place.textContent = "地图没有载入，数值请看旁边的表。";
  }
};

const source = document.getElementById("board-data");
if (source && window.echarts) {
  const data = JSON.parse(source.textContent);
  const trend = document.getElementById("board-trend");
  if (trend && data.trend.length) add(trend.id, drawTrend(trend, data), data);
  const map = document.getElementById("board-map");
  if (map) loadMap(map, data);
  window.addEventListener("resize", () => {
    for (const chart of charts) chart.resize();
  });
}

/* Paper cannot be unfolded: what is folded comes along, and is folded again afterwards. */
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll(".board-lines:not([open])")];
  for (const lines of unfolded) lines.open = true;
});
window.addEventListener("afterprint", () => {
  for (const lines of unfolded) lines.open = false;
});
