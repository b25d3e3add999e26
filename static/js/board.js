/* The map and the trend. Their data stands in the page (#board-data); each has its table
   beside it, so nothing is lost where this does not run. Tooltips are drawn on the canvas:
   the CSP allows no markup with styles. */
(function () {
  "use strict";

  var INK = "#1b2430", MUTED = "#5f6b7a", LINE = "#dfe3e8", BLUE = "#1f5aa6";
  var SHADES = ["#dce8f5", "#bdd4ec", "#93b9de", "#5590c7", "#1f5aa6"];
  var FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

  var thousands = function (value) { return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ","); };
  var tooltip = function (formatter) {
    return { trigger: "item", renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: LINE,
      textStyle: { color: INK, fontFamily: FONT }, formatter: formatter };
  };

  /* Five classes of about equally many regions; empty regions are a class of their own. */
  var classes = function (values, isShare) {
    if (isShare) {
      return [{ value: 0, label: "还没有", color: "#f4f6f8" }].concat([50, 70, 85, 95, 100].map(function (upper, index, cuts) {
        var lower = index ? cuts[index - 1] : 0;
        return { gt: lower, lte: upper, label: lower + "–" + upper + "%", color: SHADES[index] };
      }));
    }
    var sorted = values.filter(function (v) { return v !== null && v > 0; }).sort(function (a, b) { return a - b; });
    var pieces = [{ value: 0, label: "还没有", color: "#f4f6f8" }];
    if (!sorted.length) return pieces;
    var cuts = [];
    for (var i = 0; i < 5; i++) {
      var upper = sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * (i + 1)) / 5) - 1)];
      if (!cuts.length || upper > cuts[cuts.length - 1]) cuts.push(upper);
    }
    cuts.forEach(function (upper, index) {
      var lower = index ? cuts[index - 1] + 1 : 1;
      pieces.push({ gte: lower, lte: upper, label: lower === upper ? thousands(lower) : thousands(lower) + "–" + thousands(upper),
        color: SHADES[cuts.length === 1 ? 4 : Math.round((index * 4) / (cuts.length - 1))] });
    });
    return pieces;
  };

  /* The legend stands under the map, where it wraps on a phone and covers nothing. */
  var drawLegend = function (place, pieces) {
    pieces.forEach(function (piece) {
      var item = document.createElement("li");
      var picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      var square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      square.setAttribute("width", "14");
      square.setAttribute("height", "12");
      square.setAttribute("fill", piece.color);
      picture.setAttribute("aria-hidden", "true");
      picture.appendChild(square);
      item.appendChild(picture);
      item.appendChild(document.createTextNode(piece.label));
      place.appendChild(item);
    });
  };

  var drawMap = function (place, data, boundaries) {
    window.echarts.registerMap("board", boundaries);
    var chart = window.echarts.init(place);
    var byCode = {};
    data.areas.forEach(function (area) { byCode[area.code] = area; });
    var pieces = classes(data.areas.map(function (a) { return a.measure; }), data.isShare);
    var isUnknown = data.areas.some(function (a) { return a.measure === null; });
    drawLegend(document.getElementById("board-legend"), isUnknown ? pieces.concat([{ label: "无资料", color: "#fff" }]) : pieces);
    var small = place.clientWidth < 480 || boundaries.features.length > 40;
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: FONT },
      tooltip: tooltip(function (item) {
        var area = byCode[item.name];
        if (!area) return "";
        if (area.value === null) return area.name + "  无资料";
        return area.name + "  " + thousands(area.value) + " " + data.unit + (area.rate ? "  " + area.rate : "");
      }),
      visualMap: { type: "piecewise", pieces: pieces, show: false },
      series: [{
        type: "map", map: "board", nameProperty: "code", selectedMode: false, layoutCenter: ["50%", "50%"], layoutSize: "98%", aspectScale: 0.9,
        itemStyle: { areaColor: "#f4f6f8", borderColor: "#8b97a5", borderWidth: 0.6 },
        label: { show: !small, color: INK, fontSize: 11, textBorderColor: "#fff", textBorderWidth: 2,
          formatter: function (item) {
            var area = byCode[item.name];
            if (!area) return "";
            if (area.measure === null) return area.name + "\n无资料";
            return area.name + "\n" + (data.isShare ? area.measure + "%" : thousands(area.measure));
          } },
        emphasis: { label: { show: true, color: INK }, itemStyle: { areaColor: "#ffd98a" } },
        data: data.areas.map(function (area) {
          return area.measure === null ? { name: area.code, itemStyle: { areaColor: "#fff" } } : { name: area.code, value: area.measure };
        })
      }]
    });
    chart.on("click", function (item) {
      var area = byCode[item.name];
      if (area && area.url) window.location.assign(area.url + window.location.search);
    });
    return chart;
  };

  /* A line for each plan where each counts from 0. */
  var lines = function (trend) {
    var found = [];
    trend.forEach(function (p, i) {
      if (!i || p.restarts) found.push(trend.map(function () { return null; }));
      found[found.length - 1][i] = p.value;
    });
    return found;
  };

  var drawTrend = function (place, data) {
    var chart = window.echarts.init(place);
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: FONT },
      grid: { left: 16, right: 48, top: 32, bottom: 12, containLabel: true },
      tooltip: tooltip(function (item) { return item.name + "  " + thousands(item.value) + " " + data.unit; }),
      xAxis: { type: "category", data: data.trend.map(function (p) { return p.on; }), axisTick: { show: false },
        axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: MUTED } },
      yAxis: { type: "value", min: 0, minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: LINE } },
        axisLabel: { color: MUTED, formatter: thousands } },
      series: lines(data.trend).map(function (values) {
        return { type: "line", symbol: "circle", symbolSize: 7, lineStyle: { width: 2, color: BLUE }, itemStyle: { color: BLUE },
          label: { show: true, position: "top", color: INK, formatter: function (item) { return thousands(item.value); } },
          data: values };
      })
    });
    return chart;
  };

  /* A text in lines of a width; numbers stay whole. */
  var wrapped = function (pen, text, width) {
    return (text.match(/[\w.,%-]+|./gu) || []).reduce(function (lines, piece) {
      var last = lines.length - 1;
      if (pen.measureText(lines[last] + piece).width > width) lines.push(piece);
      else lines[last] += piece;
      return lines;
    }, [""]);
  };

  /* The legend in rows of a width: what stands where. */
  var legendOf = function (pen, chart, scale, width) {
    var shades = ((chart.getOption().visualMap || [])[0] || {}).pieces || [], x = 0, row = 0;
    return shades.map(function (shade) {
      var needs = pen.measureText(shade.label).width + 34 * scale;
      if (x && x + needs > width) { x = 0; row += 1; }
      x += needs;
      return { color: shade.color, label: shade.label, x: x - needs, row: row };
    });
  };

  /* A picture that says by itself what it shows, where, as of when and by which versions. */
  var save = function (chart, data, name) {
    var scale = 2, edge = 16 * scale, line = 24 * scale;
    var drawn = chart.renderToCanvas({ pixelRatio: scale, backgroundColor: "#fff" });
    var picture = document.createElement("canvas"), pen = picture.getContext("2d");
    var width = drawn.width - 2 * edge, bold = "600 " + 15 * scale + "px " + FONT, plain = 12 * scale + "px " + FONT;
    pen.font = bold;
    var title = wrapped(pen, data.place + "  " + name, width);
    pen.font = plain;
    var stamp = wrapped(pen, data.stamp, width), shades = legendOf(pen, chart, scale, width);
    var legendRows = shades.length ? shades[shades.length - 1].row + 1 : 0;
    var below = (title.length + 0.5) * line + drawn.height;
    picture.width = drawn.width;
    picture.height = below + (legendRows + stamp.length + 0.5) * line;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, picture.width, picture.height);
    pen.drawImage(drawn, 0, (title.length + 0.5) * line);
    pen.fillStyle = INK;
    pen.font = bold;
    title.forEach(function (text, row) { pen.fillText(text, edge, (row + 1) * line); });
    pen.font = plain;
    shades.forEach(function (shade) {
      var left = edge + shade.x, bottom = below + (shade.row + 0.5) * line;
      pen.fillStyle = shade.color;
      pen.strokeStyle = LINE;
      pen.fillRect(left, bottom - 11 * scale, 14 * scale, 12 * scale);
      pen.strokeRect(left, bottom - 11 * scale, 14 * scale, 12 * scale);
      pen.fillStyle = INK;
      pen.fillText(shade.label, left + 20 * scale, bottom);
    });
    pen.fillStyle = MUTED;
    stamp.forEach(function (text, row) { pen.fillText(text, edge, below + (legendRows + row + 0.5) * line); });
    picture.toBlob(function (blob) {
      var link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = data.place + "_" + data.indicator + "_" + data.on + ".png";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    }, "image/png");
  };

  var offer = function (id, chart, data) {
    var button = document.querySelector('[data-picture="' + id + '"]');
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", function () { save(chart, data, button.dataset.name); });
  };

  document.addEventListener("DOMContentLoaded", function () {
    var source = document.getElementById("board-data");
    if (!source || !window.echarts) return;
    var data = JSON.parse(source.textContent);
    var charts = [];
    var add = function (id, chart) { charts.push(chart); offer(id, chart, data); };
    var trend = document.getElementById("board-trend");
    if (trend && data.trend.length) add("board-trend", drawTrend(trend, data));
    var map = document.getElementById("board-map");
    if (map) {
      fetch(map.dataset.url, { credentials: "same-origin" })
        .then(function (response) { return response.ok ? response.json() : Promise.reject(response.status); })
        .then(function (boundaries) { add("board-map", drawMap(map, data, boundaries)); })
        .catch(function () { map.textContent = "地图没有载入，数值请看旁边的表。"; });
    }
    var resize = function () { charts.forEach(function (chart) { chart.resize(); }); };
    window.addEventListener("resize", resize);
  });
})();
