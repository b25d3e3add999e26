/* The trend of the dashboard. */
import { BLUE, FONT, INK, LINE, MUTED, tooltip } from "./charts.js";
import { thousands } from "./numbers.js";

/* A line for each plan where each counts from 0. */
const linesOf = (trend) => {
  const lines = [];
  for (const [index, point] of trend.entries()) {
    if (!index || point.restarts) lines.push(trend.map(() => null));
    lines.at(-1)[index] = point.value;
  }
  return lines;
};

export const drawTrend = (place, data) => {
  const chart = window.echarts.init(place);
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 16, right: 48, top: 32, bottom: 12, containLabel: true },
    tooltip: tooltip((item) => `${item.name}  ${thousands(item.value)} ${data.unit}`),
    xAxis: {
      type: "category",
      data: data.trend.map((point) => point.on),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: MUTED },
    },
    yAxis: {
      type: "value",
      min: 0,
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: LINE } },
      axisLabel: { color: MUTED, formatter: thousands },
    },
    series: linesOf(data.trend).map((values) => ({
      type: "line",
      symbol: "circle",
      symbolSize: 7,
      lineStyle: { width: 2, color: BLUE },
      itemStyle: { color: BLUE },
      label: {
        show: true,
        position: "top",
        color: INK,
        formatter: (item) => thousands(item.value),
      },
      data: values,
    })),
  });
  return chart;
};
