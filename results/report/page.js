"use strict";
(() => {
  // Without this the page has all it shows; with it, failures can be searched.
  const form = document.getElementById("search");
  if (!form) return;
  const input = form.querySelector("input");
  const status = document.getElementById("found");
  const groups = [...document.querySelectorAll("#failures details")].map((details) => ({
    details,
    open: details.open,
    rows: [...details.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
  }));
  const all = groups.reduce((sum, group) => sum + group.rows.length, 0);

  function search() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const searching = words.length > 0;
    let found = 0;
    for (const group of groups) {
      let here = 0;
      for (const { row, text } of group.rows) {
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) here++;
      }
      group.details.hidden = searching && here === 0;
      group.details.open = searching ? here > 0 : group.open;
      found += here;
    }
    status.textContent = searching ? `${found.toLocaleString("en")} of ${all.toLocaleString("en")} found` : "";
  }

  function follow() {
    const details = document.getElementById(location.hash.slice(1))?.closest("#failures details");
    if (details) details.open = true;
  }

  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  form.hidden = false;
  follow();
})();
