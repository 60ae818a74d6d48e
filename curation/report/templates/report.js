"use strict";
(function () {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  window.addEventListener("beforeprint", () => all("details").forEach((each) => { each.open = true; }));

  const form = document.getElementById("filters");
  if (!form) { return; }
  const findings = all("article.finding");
  const groups = all("section.group");
  const words = new Map(findings.map((each) => [each, each.textContent.toLowerCase().replace(/\s+/g, " ")]));
  const shown = document.getElementById("shown");

  function wanted() {
    const severities = all("input[name=severity]:checked", form).map((each) => each.value);
    const value = (name) => form.elements[name].value;
    const terms = value("words").toLowerCase().split(/\s+/).filter(Boolean);
    return (each) => severities.includes(each.dataset.severity)
      && (!value("source") || each.closest("section.group").dataset.source === value("source"))
      && (!value("family") || each.dataset.family === value("family"))
      && (!value("status") || each.dataset.status === value("status"))
      && terms.every((term) => words.get(each).includes(term));
  }

  function filter() {
    const fits = wanted();
    let count = 0;
    findings.forEach((each) => {
      each.hidden = !fits(each);
      count += each.hidden ? 0 : 1;
    });
    groups.forEach((group) => { group.hidden = !group.querySelector("article.finding:not([hidden])"); });
    shown.textContent = count === findings.length
      ? "All " + findings.length + " findings are shown."
      : count + " of " + findings.length + " findings are shown.";
  }

  function revealTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) {
      form.reset();
      filter();
      target.scrollIntoView();
    }
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter, 0));
  window.addEventListener("hashchange", revealTarget);
  form.hidden = false;
  filter();
  revealTarget();
}());
