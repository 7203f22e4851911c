// What the account console needs beyond colours. It is drawn by React, so each repair waits for its element to appear.

/** The company is chosen once, at registration: the server refuses a change, so the field must not invite one. */
function lockCompany() {
    const field = document.getElementById("company");
    if (field?.value && !field.readOnly) field.readOnly = true;
}

/** Buttons that consist of an icon only say what they do: the label they lack is the person's name or the brand. */
function nameIconButtons() {
    for (const button of document.querySelectorAll("button:not([aria-label], [aria-labelledby])")) {
        if (button.textContent.trim() === "" && !button.title) {
            button.setAttribute("aria-label", document.querySelector("[data-testid=options-toggle]")?.textContent.trim() || document.title);
        }
    }
}

/** What is read aloud contains what is seen (WCAG 2.5.3): the chosen value, then the name of the field. */
function nameChoices() {
    for (const toggle of document.querySelectorAll("button.pf-v5-c-menu-toggle[aria-label]")) {
        const seen = toggle.textContent.trim();
        const name = toggle.dataset.ghName ?? (toggle.dataset.ghName = toggle.getAttribute("aria-label"));
        const spoken = seen && !name.includes(seen) ? `${seen}, ${name}` : name;
        if (toggle.getAttribute("aria-label") !== spoken) toggle.setAttribute("aria-label", spoken);
    }
}

/** Several regions must not have one and the same name. */
function numberRegions() {
    document.querySelectorAll("section[aria-label='device-sessions-content']").forEach((region, i) => {
        region.setAttribute("aria-label", `${document.title} ${i + 1}`);
    });
}

const repair = () => [lockCompany, nameIconButtons, nameChoices, numberRegions].forEach((fix) => fix());
new MutationObserver(repair).observe(document.body, { childList: true, subtree: true, characterData: true });
repair();
