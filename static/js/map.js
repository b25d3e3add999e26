/* The map of the dashboard, and its legend below it. */
import { FONT, INK, NOTHING, SHADES, tooltip } from "./charts.js";
import { thousands } from "./numbers.js";

const UNKNOWN = { label: "无资料", color: "#ffffff" };
const NONE = { value: 0, label: "还没有", color: NOTHING };
const POINTED = "#ffd98a";
const SHARES = [50, 70, 85, 95, 100];
/* Where there is little room or much to name, a label is the name alone, long names wrap, and
   of two that would cover each other one waits for the pointer. */
const NARROW_PIXELS = 480;
const MANY_AREAS = 40;
const NAME_PIXELS = 66;

/* Upper ends of five classes of about equally many regions; fewer where values repeat. */
const quantiles = (values) => {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const ends = SHADES.map(
    (_shade, index) => sorted[Math.ceil((sorted.length * (index + 1)) / SHADES.length) - 1],
  );
  return [...new Set(ends)].filter((end) => end !== undefined);
};

/* What the colours mean; empty regions are a class of their own. */
const classesOf = (values, isShare) => {
  if (isShare) {
    return [
      NONE,
      ...SHARES.map((upper, index) => {
        const lower = index ? SHARES[index - 1] : 0;
        return { gt: lower, lte: upper, label: `${lower}–${upper}%`, color: SHADES[index] };
      }),
    ];
  }
  const ends = quantiles(values);
  return [
    NONE,
    ...ends.map((upper, index) => {
      const lower = index ? ends[index - 1] + 1 : 1;
      const shade = ends.length === 1 ? 4 : Math.round((index * 4) / (ends.length - 1));
      const label = lower === upper ? thousands(lower) : `${thousands(lower)}–${thousands(upper)}`;
      return { gte: lower, lte: upper, label, color: SHADES[shade] };
    }),
  ];
};

const colorOf = (classes, measure) =>
  classes.find(
    ({ value, gt = -1, gte = gt, lte }) =>
      measure === value || (measure > gt && measure >= gte && measure <= lte),
  )?.color ?? NOTHING;

/* How light a color looks, from 0 to 255. */
const lightness = (color) => {
  const [red, green, blue] = color.match(/\w\w/g).map((part) => Number.parseInt(part, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue;
};

/* Light on dark and dark on light, with a halo of the area's own color: it stays readable where
   it reaches into the area beside. */
const labelOn = (color) => ({
  color: lightness(color) < 128 ? "#ffffff" : INK,
  textBorderColor: color,
});

const swatch = (color) => {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  square.setAttribute("width", "14");
  square.setAttribute("height", "12");
  square.setAttribute("fill", color);
  picture.setAttribute("aria-hidden", "true");
  picture.append(square);
  return picture;
};

/* The legend stands under the map, where it wraps on a phone and covers nothing. */
const drawLegend = (place, classes) => {
  for (const one of classes) {
    const item = document.createElement("li");
    item.append(swatch(one.color), one.label);
    place.append(item);
  }
};

export const drawMap = (place, data, boundaries) => {
  window.echarts.registerMap("board", boundaries);
  const chart = window.echarts.init(place);
  const byCode = new Map(data.areas.map((area) => [area.code, area]));
  const measures = data.areas.map((area) => area.measure);
  const classes = classesOf(measures, data.isShare);
  const named = measures.includes(null) ? [...classes, UNKNOWN] : classes;
  drawLegend(document.getElementById("board-legend"), named);
  const isSmall = place.clientWidth < NARROW_PIXELS || boundaries.features.length > MANY_AREAS;
  const label = (item) => {
    const area = byCode.get(item.name);
    if (!area) return "";
    if (isSmall) return area.name;
    if (area.measure === null) return `${area.name}\n${UNKNOWN.label}`;
    return `${area.name}\n${data.isShare ? `${area.measure}%` : thousands(area.measure)}`;
  };
  const tip = (item) => {
    const area = byCode.get(item.name);
    if (!area) return "";
    if (area.value === null) return `${area.name}  ${UNKNOWN.label}`;
    const rate = area.rate ? `  ${area.rate}` : "";
    return `${area.name}  ${thousands(area.value)} ${data.unit}${rate}`;
  };
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: FONT },
    tooltip: tooltip(tip),
    visualMap: { type: "piecewise", pieces: classes, show: false },
    series: [
      {
        type: "map",
        map: "board",
        nameProperty: "code",
        selectedMode: false,
        layoutCenter: ["50%", "50%"],
        layoutSize: "98%",
        aspectScale: 0.9,
        itemStyle: { areaColor: NOTHING, borderColor: "#8b97a5", borderWidth: 0.6 },
        label: {
          show: true,
          fontSize: isSmall ? 10 : 11,
          textBorderWidth: 3,
          formatter: label,
          ...(isSmall && { width: NAME_PIXELS, overflow: "break" }),
        },
        labelLayout: { hideOverlap: isSmall },
        emphasis: { label: labelOn(POINTED), itemStyle: { areaColor: POINTED } },
        data: data.areas.map(({ code, measure }) =>
          measure === null
            ? {
                name: code,
                label: labelOn(UNKNOWN.color),
                itemStyle: { areaColor: UNKNOWN.color },
              }
            : { name: code, value: measure, label: labelOn(colorOf(classes, measure)) },
        ),
      },
    ],
  });
  chart.on("click", (item) => {
    const area = byCode.get(item.name);
    if (area?.url) window.location.assign(area.url + window.location.search);
  });
  return chart;
};
