/* The table of targets: paste a block of cells, move with the arrows, see the sums at once.
   Without this it is a plain form. */
(function () {
  "use strict";

  var table = document.querySelector("[data-targets]");
  if (!table) return;
  var said = document.getElementById("target-said");
  var list = function (nodes) { return Array.prototype.slice.call(nodes); };
  var rows = list(table.tBodies[0].rows)
    .map(function (row) {
      return { name: row.cells[0].textContent.replace("（本级）", ""), isOwn: row.classList.contains("target-own"), cells: list(row.querySelectorAll("input")) };
    })
    .filter(function (row) { return row.cells.length; });
  if (!rows.length) return;

  var number = function (text) {
    var plain = text.normalize("NFKC").replace(/[,\s]/g, "");
    return /^\d+$/.test(plain) ? Number(plain) : 0;
  };
  var thousands = function (value) { return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ","); };

  var addUp = function () {
    var goals = list(table.querySelectorAll("[data-difference]"));
    list(table.querySelectorAll("[data-sum]")).forEach(function (place, column) {
      var sum = rows.reduce(function (total, row) { return row.isOwn ? total : total + number(row.cells[column].value); }, 0);
      place.textContent = thousands(sum);
      var goal = goals[column].parentNode.previousElementSibling.cells[column + 1];
      var own = rows[0].isOwn ? rows[0].cells[column].value : "";
      var wanted = own && !/%|％/.test(own) ? number(own) : Number(goal.dataset.goal || NaN);
      var over = sum - wanted;
      goals[column].textContent = isNaN(over) ? "—" : over > 0 ? "多 " + thousands(over) : over < 0 ? "少 " + thousands(-over) : "一致";
    });
  };

  var position = function (input) {
    for (var row = 0; row < rows.length; row++) {
      var column = rows[row].cells.indexOf(input);
      if (column >= 0) return { row: row, column: column };
    }
    return null;
  };

  /* 「贵阳」 means 贵阳市 and 「黔西南州」 the prefecture with the long name. */
  var named = function (text) {
    var plain = text.replace(/\s/g, "");
    var exact = rows.filter(function (row) { return row.name === plain; });
    if (exact.length) return exact[0];
    var stem = plain.replace(/(自治州|自治县|[州市县区])$/, "");
    var starting = stem.length > 1 ? rows.filter(function (row) { return row.name.indexOf(stem) === 0; }) : [];
    return starting.length === 1 ? starting[0] : null;
  };

  var fill = function (block, start) {
    var isNamed = block.some(function (line) { return line.length > 1 && named(line[0]); });
    var done = 0;
    var missed = [];
    block.forEach(function (line, down) {
      var row = isNamed ? named(line[0]) : rows[start.row + down];
      var values = isNamed ? line.slice(1) : line;
      if (!row) { missed.push(line[0]); return; }
      values.forEach(function (value, right) {
        var cell = row.cells[start.column + right];
        if (!cell) return;
        cell.value = value.trim();
        done += 1;
      });
    });
    var words = "已填入 " + done + " 格，保存后生效。";
    if (missed.length) words += "这些行没有对上地区，没有填：" + missed.slice(0, 8).join("、") + (missed.length > 8 ? " 等 " + missed.length + " 行" : "") + "。";
    said.textContent = words;
  };

  table.addEventListener("paste", function (event) {
    var text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    var start = position(event.target);
    if (!start || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    fill(text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map(function (line) { return line.split("\t"); }), start);
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  table.addEventListener("keydown", function (event) {
    var step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    var from = step && !event.isComposing ? position(event.target) : null;
    var to = from && rows[from.row + step];
    if (!to) return;
    event.preventDefault();
    to.cells[from.column].focus();
    to.cells[from.column].select();
  });

  table.addEventListener("input", addUp);
  addUp();
})();
