// Who wrote into a form and leaves the page without sending it is asked first, in the browser's own words.
for (const form of document.querySelectorAll("form[data-asks]")) {
  let sent = false;
  const differs = (field) => {
    if (field.type === "hidden" || field.disabled) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return "defaultValue" in field && field.value !== field.defaultValue;
    const chosen = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(chosen, 0);
  };
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && (form.dataset.asks === "always" || [...form.elements].some(differs))) event.preventDefault();
  });
}
