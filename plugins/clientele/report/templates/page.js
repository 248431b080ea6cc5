"use strict";
(() => {
  const choices = document.querySelectorAll('input[name="language"]');
  const asked = new URLSearchParams(location.search).get("lang");
  const linked = /^#(zh|en)-/.exec(location.hash);
  const wanted = asked || (linked && linked[1]) || navigator.language || "zh";
  const show = (language) => {
    document.documentElement.lang = language;
    document.title = document.querySelector(`article[lang="${language}"]`).dataset.title;
  };
  for (const choice of choices) {
    choice.checked = choice.value === (wanted.toLowerCase().startsWith("zh") ? "zh" : "en");
    choice.addEventListener("change", () => show(choice.value));
    if (choice.checked) show(choice.value);
  }
  if (linked && document.querySelector(location.hash)) document.querySelector(location.hash).scrollIntoView();
})();
