"use strict";
(function () {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const amount = (count, one) => count + " " + one + (count === 1 ? "" : "s");
  const changed = (field) => ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, { bubbles: true })));

  // What happened, for people who do not see it; the same words twice are read twice.
  function say(sentence) {
    const place = document.getElementById("said");
    place.textContent = "";
    setTimeout(() => { place.textContent = sentence; }, 60);
  }

  function flash(sentence) {
    const place = document.getElementById("flash");
    all("[data-trouble]", place).forEach((each) => each.remove());
    const made = Object.assign(document.createElement("p"), { className: "flash error" });
    made.dataset.trouble = "";
    made.setAttribute("role", "alert");
    const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet flash-close", textContent: "Close", onclick: () => made.remove() });
    made.append("✕ " + sentence, close);
    place.append(made);
    made.scrollIntoView({ block: "nearest" });
  }

  // Cells copied from a spreadsheet: tabs between cells; a cell with a tab, a line break or a doubled quote stands in quotes.
  function cellsOf(text) {
    const rows = [[]];
    const cell = /"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*)/y;
    const given = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (;;) {
      const found = cell.exec(given);
      const quoted = found[1] !== undefined && /[\t\n]|""/.test(found[1]);
      rows[rows.length - 1].push((quoted ? found[1].replace(/""/g, "\"") : found[0]).replace(/\s*\n\s*/g, " ").trim());
      if (cell.lastIndex >= given.length) { return rows; }
      if (given[cell.lastIndex] === "\n") { rows.push([]); }
      cell.lastIndex += 1;
    }
  }

  const rowsOf = (table) => Array.from(table.tBodies[0].rows);
  const fieldIn = (cell) => cell && cell.querySelector("input, select, textarea");
  const partOf = (table, name) => table.closest("[data-grid-box]").querySelector("[" + name + "]");

  function addRow(table) {
    const pattern = partOf(table, "data-grid-more");
    if (!pattern) { return null; }
    const taken = new Set(all("tr[data-row]", table).map((each) => each.dataset.row));
    const number = rowsOf(table).length + 1;
    let id = number;
    while (taken.has(String(id))) { id += 1; }
    const row = document.importNode(pattern.content.firstElementChild, true);
    const fill = (text) => text.replaceAll("__ROW__", id).replaceAll("__NUMBER__", number);
    [row, ...all("*", row)].forEach((each) => Array.from(each.attributes).forEach((one) => { one.value = fill(one.value); }));
    row.cells[0].textContent = fill(row.cells[0].textContent);
    table.tBodies[0].append(row);
    return row;
  }

  // Puts a text into a field; false where the field cannot take it. A list takes its codes and its words.
  function put(field, text) {
    if (!field || field.disabled || field.readOnly) { return false; }
    const wanted = text.toLowerCase();
    const option = field.options && Array.from(field.options).find((each) => [each.value, each.text].some((one) => one.trim().toLowerCase() === wanted));
    if (field.options && !option) { return false; }
    field.value = option ? option.value : text;
    return true;
  }

  const pasted = new WeakMap();
  function paste(table, start, cells) {
    const before = [], missed = [];
    const top = rowsOf(table).indexOf(start.closest("tr")), left = start.closest("td").cellIndex;
    cells.forEach((row, down) => {
      const line = rowsOf(table)[top + down] || addRow(table);
      row.forEach((text, across) => {
        const field = line && fieldIn(line.cells[left + across]);
        const was = field && field.value;
        if (put(field, text)) { before.push([field, was]); } else if (text) { missed.push(text); }
      });
    });
    all(".filled", table).forEach((each) => each.classList.remove("filled"));
    before.forEach(([field]) => { field.closest("td").classList.add("filled"); changed(field); });
    pasted.set(table, before);
    const shown = missed.slice(0, 3).map((each) => "“" + each.slice(0, 40) + "”").join(", ") + (missed.length > 3 ? ", …" : "");
    const rest = missed.length ? " " + amount(missed.length, "cell") + " did not fit: " + shown + "." : "";
    partOf(table, "data-grid-said").textContent = amount(before.length, "cell") + " filled." + rest;
    partOf(table, "data-grid-undo").hidden = !before.length;
  }

  function undoPaste(table) {
    pasted.get(table).forEach(([field, was]) => { field.value = was; changed(field); });
    all(".filled", table).forEach((each) => each.classList.remove("filled"));
    partOf(table, "data-grid-undo").hidden = true;
    partOf(table, "data-grid-said").textContent = "The paste is undone.";
  }

  function step(table, field, down, across) {
    const cell = field.closest("td"), rows = rowsOf(table);
    const row = rows[rows.indexOf(cell.parentElement) + down];
    const to = row && fieldIn(row.cells[cell.cellIndex + across]);
    if (!to) { return false; }
    to.focus();
    if (to.select) { to.select(); }
    return true;
  }

  function leave(table, field) {
    const follows = (each) => table.compareDocumentPosition(each) === Node.DOCUMENT_POSITION_FOLLOWING && each.checkVisibility();
    (all("button, input, select, textarea, a[href]").find(follows) || { focus: () => field.blur() }).focus();
  }

  function gridKey(event, table, field) {
    if (!field.matches("input, select, textarea") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) { return; }
    const listed = field.tagName === "SELECT";
    const at = (edge) => listed || (field.selectionStart === edge && field.selectionEnd === edge) || (field.selectionStart === 0 && field.selectionEnd === field.value.length);
    const moves = {
      ArrowUp: () => !listed && step(table, field, -1, 0),
      ArrowDown: () => !listed && step(table, field, 1, 0),
      Enter: () => { step(table, field, 1, 0) || (addRow(table) && step(table, field, 1, 0)); return true; },
      ArrowLeft: () => at(0) && step(table, field, 0, -1),
      ArrowRight: () => at(field.value.length) && step(table, field, 0, 1),
      Escape: () => { leave(table, field); return true; },
    };
    if (moves[event.key] && moves[event.key]()) { event.preventDefault(); }
  }

  // Keys
  const help = document.getElementById("shortcuts");
  const single = document.getElementById("single-keys");
  single.checked = localStorage.getItem("single-keys") !== "off";
  single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));

  function item(by) {
    const items = all("[data-item]").filter((each) => each.checkVisibility());
    const here = items.findIndex((each) => each.contains(document.activeElement));
    const next = items[here < 0 ? (by > 0 ? 0 : items.length - 1) : here + by];
    if (next) { (next.hasAttribute("tabindex") ? next : fieldIn(next) || next.querySelector("a[href]") || next).focus(); }
  }

  const search = () => all("[data-search]").slice(0, 1).forEach((each) => each.focus());
  const singles = { "?": () => help.showModal(), "/": search, j: () => item(1), k: () => item(-1) };

  document.addEventListener("keydown", (event) => {
    const main = document.querySelector("form[data-main-form]");
    const saves = (event.ctrlKey || event.metaKey) && !event.altKey && ["enter", "s"].includes(event.key.toLowerCase());
    if (saves && main && !help.open) { event.preventDefault(); main.requestSubmit(); return; }
    const table = event.target.closest("table[data-grid] td") && event.target.closest("table");
    if (table) { gridKey(event, table, event.target); }
    const typing = event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");
    if (!typing && single.checked && !help.open && !event.ctrlKey && !event.metaKey && !event.altKey && Object.hasOwn(singles, event.key)) {
      event.preventDefault();
      singles[event.key]();
    }
  });

  document.addEventListener("paste", (event) => {
    const field = event.target.closest && event.target.closest("table[data-grid] td input, table[data-grid] td select");
    const text = field && event.clipboardData.getData("text/plain");
    if (!text || !(/[\t\r\n]/.test(text) || field.tagName === "SELECT")) { return; }
    event.preventDefault();
    paste(field.closest("table"), field, cellsOf(text));
  });

  // Unsaved changes
  const touched = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]"), other = event.target.dataset.other;
    if (form) { touched.add(form); }
    if (other && event.target.value) { event.target.form.querySelector("[name=\"" + other + "\"][value=other]").checked = true; }
  });
  document.addEventListener("submit", (event) => { if (!event.target.hasAttribute("hx-post")) { touched.delete(event.target); } });
  document.addEventListener("reset", (event) => touched.delete(event.target));
  window.addEventListener("beforeunload", (event) => { if (Array.from(touched).some((form) => form.isConnected)) { event.preventDefault(); } });

  // The source text: words selected there become the quote
  let selected = "";
  document.addEventListener("selectionchange", () => {
    const found = document.getSelection(), pane = found.anchorNode && (found.anchorNode.parentElement || found.anchorNode).closest("[data-source-text]");
    if (pane && pane.contains(found.focusNode)) { selected = found.toString().replace(/\s+/g, " ").trim(); }
  });

  function quote(button) {
    const field = document.getElementsByName(button.dataset.quoteInto)[0];
    if (!selected || !field) { say("Select words in the source text first."); return; }
    put(field, selected);
    changed(field);
    say("The quote is now: " + selected);
    field.focus();
  }

  function choose(button) {
    const group = button.closest("[data-choose-group]") || button.closest("form");
    const radios = all("input[type=radio]", group).filter((each) => each.value === button.dataset.choose && !each.disabled);
    radios.forEach((each) => { each.checked = true; changed(each); });
    say(amount(radios.length, "field") + " chosen.");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) { return; }
    const data = button.dataset, box = button.closest("[data-grid-box]"), table = box && box.querySelector("table");
    if ("quoteInto" in data) { quote(button); }
    if ("choose" in data) { choose(button); }
    if ("shortcuts" in data) { help.showModal(); }
    if ("gridUndo" in data) { undoPaste(table); }
    if ("gridAdd" in data) { fieldIn(addRow(table).cells[1]).focus(); }
  });

  // Parts of a page that the server answers
  const TROUBLE = {
    0: "The server cannot be reached. Nothing was saved; what you typed is still here. Try again in a moment.",
    401: "You are signed out. Sign in in another window, then save again; what you typed is still here.",
    403: "This is not open to you, or the page is too old. Copy what you typed, load the page anew and try again.",
    404: "What this page asks for is no longer there. Load the page anew.",
    413: "This is too large to be taken in.",
  };
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
    const status = event.detail.xhr.status;
    flash(TROUBLE[status] || "The server could not do this (" + status + "). Nothing was saved; what you typed is still here. Try again.");
  }));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) { return; }
    touched.delete(event.target);
    all("#flash [data-trouble]").forEach((each) => each.remove());
  });
  const words = new Set();
  ["htmx:afterSwap", "htmx:oobAfterSwap"].forEach((name) => document.addEventListener(name, (event) => {
    const part = event.target, said = part.closest("[data-said]") || part.querySelector("[data-said]");
    if (!words.size) { setTimeout(() => { say(Array.from(words).filter(Boolean).join(" ")); words.clear(); }, 150); }
    words.add(said ? said.dataset.said : part.dataset.for ? part.textContent.replace(/\s+/g, " ").trim() : "Updated.");
    all("[data-for]").forEach((each) => {
      const field = document.getElementById(each.dataset.for);
      if (field) { field.setAttribute("aria-invalid", String("malformed" in each.dataset)); }
    });
    ready(part);
  }));

  // What only works with this script is shown now; the text opens at its first mark
  function ready(within) {
    all("[data-quote-into], [data-choose], [data-shortcuts], [data-grid-bar]", within).forEach((each) => { each.hidden = false; });
    all("[data-source-text]", within).forEach((pane) => {
      const mark = pane.querySelector("mark");
      if (mark) { pane.scrollTop = mark.offsetTop - pane.clientHeight / 3; }
    });
  }
  window.addEventListener("beforeprint", () => all("details").forEach((each) => { each.open = true; }));
  ready(document);
}());
