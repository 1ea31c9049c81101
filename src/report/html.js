// SPDX-License-Identifier: MIT
// Sorting and filtering of the table of dumps. Without script the page is whole, only fixed.
(function () {
  "use strict";
  document.documentElement.classList.remove("no-script");
  var table = document.getElementById("dumps-table");
  if (!table) return;
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var search = document.getElementById("search");
  var status = document.getElementById("status-filter");
  var problem = document.getElementById("problem-filter");
  var shown = document.getElementById("shown");
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });

  function filter() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    rows.forEach(function (row, i) {
      var fits = (!status.value || row.dataset.status === status.value) &&
        (!problem.value || row.dataset.problem === problem.value) &&
        words.every(function (word) { return texts[i].indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) count++;
    });
    shown.textContent = count + " of " + rows.length + " shown";
  }

  function key(row, column) {
    var cell = row.cells[column];
    return cell.dataset.value !== undefined ? cell.dataset.value : cell.textContent.toLowerCase();
  }

  // Empty cells come last, whichever way it goes; equal ones keep the order of the input.
  function sort(column, direction) {
    var order = rows.map(function (row, i) { return { row: row, key: key(row, column), at: i }; });
    order.sort(function (a, b) {
      if (a.key === b.key) return a.at - b.at;
      if (a.key === "") return 1;
      if (b.key === "") return -1;
      return a.key < b.key ? -direction : direction;
    });
    order.forEach(function (item) { body.appendChild(item.row); });
  }

  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  heads.forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sort(column, up ? 1 : -1);
    });
  });

  // "Show its dumps" in the section of a problem.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-problem]");
    if (!link) return;
    search.value = "";
    status.value = "";
    problem.value = link.dataset.problem;
    filter();
  });
  search.addEventListener("input", filter);
  status.addEventListener("change", filter);
  problem.addEventListener("change", filter);
  document.getElementById("reset").addEventListener("click", function () {
    search.value = status.value = problem.value = "";
    filter();
  });
  filter();
})();
