"use strict";
(function () {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);

  function unfold(target) {
    for (let each = target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") { each.open = true; }
    }
  }
  function reveal() {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (target) { unfold(target); target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => all("details.document, details.folded").forEach((each) => { each.open = true; }));
  reveal();

  const hint = byId("hint");
  all("main .block mark[title]").forEach((each) => {
    each.dataset.read = each.title;
    each.removeAttribute("title");
    each.tabIndex = -1;
    each.setAttribute("aria-describedby", "hint");
  });
  const markAt = (target) => {
    const mark = target.closest && target.closest("mark[data-read]");
    if (mark) { return mark; }
    const before = target.closest && target.closest("a.flag") && target.closest("a.flag").previousElementSibling;
    return before && before.matches("mark[data-read]") ? before : null;
  };
  let pointed = null;
  function hide() { hint.hidden = true; pointed = null; }
  function place() {
    const at = pointed.getClientRects()[0], page = document.documentElement;
    if (!at || at.bottom < 0 || at.top > page.clientHeight) { hide(); return; }
    const own = hint.getBoundingClientRect(), above = at.top - own.height - 2;
    hint.style.left = Math.max(8, Math.min(at.left, page.clientWidth - own.width - 8)) + "px";
    hint.style.top = (above > 0 ? above : at.bottom + 2) + "px";
  }
  function show(mark) {
    pointed = mark;
    hint.textContent = mark.dataset.read;
    hint.hidden = false;
    place();
  }
  ["mouseover", "focusin"].forEach((kind) => document.addEventListener(kind, (event) => {
    const mark = markAt(event.target);
    const kept = pointed && markAt(document.activeElement) === pointed;
    if (mark) { show(mark); } else if (!kept && !hint.contains(event.target)) { hide(); }
  }));
  window.addEventListener("scroll", () => { if (pointed) { place(); } }, {passive: true, capture: true});

  const steps = byId("steps"), step = byId("step");
  const wanted = (severity) => !byId("show-" + severity) || byId("show-" + severity).checked;
  const shown = () => all("main a.flag[id]").filter((each) => wanted(["error", "warning", "note"].find((one) => each.classList.contains(one))));
  let current = null;
  function go(by) {
    const flags = shown();
    if (!flags.length) { return; }
    const at = flags.indexOf(current);
    const to = at < 0 ? (by > 0 ? 0 : flags.length - 1) : (at + by + flags.length) % flags.length;
    current = flags[to];
    unfold(current);
    location.replace("#" + current.id);
    current.scrollIntoView({block: "center"});
    current.focus({preventScroll: true});
    step.textContent = (to + 1) + " of " + flags.length;
  }
  function read(by) {
    const marks = all("main .block mark[data-read]").filter((each) => each.checkVisibility());
    const at = marks.indexOf(markAt(document.activeElement)) + by;
    if (marks[at]) { marks[at].scrollIntoView({block: "center"}); marks[at].focus({preventScroll: true}); }
  }
  byId("next").addEventListener("click", () => go(1));
  byId("previous").addEventListener("click", () => go(-1));
  const moves = {n: () => go(1), p: () => go(-1), r: () => read(1), R: () => read(-1)};
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { hide(); return; }
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (byId("keys").checked && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    }
  });
  const many = shown().length;
  steps.hidden = !many;
  all(".scripted").forEach((each) => { each.hidden = !many; });
  step.textContent = many === 1 ? "1 finding" : many + " findings";
}());
