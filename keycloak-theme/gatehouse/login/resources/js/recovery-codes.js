// Recovery codes: print, download, copy. Without this file the codes can still be read and written down.

const bar = document.querySelector("[data-gatehouse-codes]");
const codes = () => [...document.querySelectorAll("#kc-recovery-codes-list li")].map((item, i) => `${i + 1}. ${item.textContent.trim()}`);

/** The codes as a text that explains itself when it is found again in years. */
function asText() {
    const { header, description, date } = bar.dataset;
    const now = new Date().toLocaleString(document.documentElement.lang || undefined, { dateStyle: "long", timeStyle: "short" });
    return [header, "", ...codes(), "", description, "", `${date} ${now}`, ""].join("\n");
}

function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([asText()], { type: "text/plain" }));
    link.download = "recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
}

async function copy() {
    await navigator.clipboard.writeText(codes().join("\n"));
    const status = bar.querySelector("[role=status]");
    status.textContent = status.dataset.copied;
}

if (bar) {
    bar.hidden = false;
    document.getElementById("printRecoveryCodes").addEventListener("click", () => window.print());
    document.getElementById("downloadRecoveryCodes").addEventListener("click", download);
    const button = document.getElementById("copyRecoveryCodes");
    // the clipboard exists on https and localhost only
    if (navigator.clipboard) button.addEventListener("click", copy);
    else button.hidden = true;
}
