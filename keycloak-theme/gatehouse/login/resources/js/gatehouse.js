// Comforts for the login pages; each of them works without this file.

/** Ticks down to the moment when a code may be sent again. Screen readers hear the start and the end, not each second. */
function countDownToResend() {
    const form = document.getElementById("gatehouse-resend");
    let left = Number(form?.dataset.seconds ?? 0);
    if (!form || left <= 0) return;

    const button = form.querySelector("button");
    const ticking = document.createElement("p");
    ticking.className = "gh-help gh-countdown";
    ticking.setAttribute("aria-hidden", "true");
    const spoken = document.createElement("p");
    spoken.className = "gh-visually-hidden";
    spoken.setAttribute("role", "status");
    form.append(ticking, spoken);

    const end = Date.now() + left * 1000;
    const waitText = () => form.dataset.wait.replace("{0}", String(left));
    // aria-disabled instead of disabled: the button keeps its place in the tab order and the focus
    button.setAttribute("aria-disabled", "true");
    const hold = (event) => event.preventDefault();
    form.addEventListener("submit", hold);
    ticking.textContent = waitText();
    spoken.textContent = waitText();

    const timer = setInterval(() => {
        left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
        if (left > 0) {
            ticking.textContent = waitText();
            return;
        }
        clearInterval(timer);
        form.removeEventListener("submit", hold);
        button.removeAttribute("aria-disabled");
        ticking.textContent = form.dataset.ready;
        spoken.textContent = form.dataset.ready;
    }, 250);
}

/** Says what has become of the message with the code, as soon as it is known. Screen readers hear a change, not each question. */
function followDelivery() {
    const place = document.getElementById("gatehouse-delivery");
    const over = () => ["delivered", "failed"].includes(place.dataset.state);
    if (!place || over()) return;

    const end = Date.now() + 3 * 60 * 1000;
    let pause = 1000;
    const ask = async () => {
        // nobody looks: the next question can wait until somebody does
        if (!document.hidden) {
            const answer = await fetch(place.dataset.news, { cache: "no-store" }).catch(() => null);
            if (answer?.status === 404) return;
            const news = answer?.ok ? await answer.json().catch(() => null) : null;
            if (news && news.text !== place.textContent) {
                place.textContent = news.text;
                place.dataset.state = news.delivery;
            }
        }
        pause = Math.min(pause * 1.5, 10000);
        if (!over() && Date.now() < end) setTimeout(ask, pause);
    };
    setTimeout(ask, pause);
}

/** Shows until when the code is valid, on the person's own clock. */
function showExpiry() {
    const place = document.querySelector("[data-gatehouse-expires]");
    const expires = new Date(place?.dataset.gatehouseExpires ?? "");
    if (!place || Number.isNaN(expires.getTime())) return;
    const time = expires.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
    place.textContent = place.dataset.text.replace("{0}", time);
    place.hidden = false;
}

/** A second press on a submit button sends nothing twice. The page may come back from the history, so this is undone then. */
function submitOnce() {
    const sent = new Set();
    document.addEventListener("submit", (event) => {
        if (event.defaultPrevented) return;
        if (sent.has(event.target)) event.preventDefault();
        sent.add(event.target);
    });
    window.addEventListener("pageshow", () => {
        sent.clear();
        // Keycloak's forms switch off the button named "login" when they are sent
        document.querySelectorAll("button[name=login]").forEach((button) => { button.disabled = false; });
    });
}

/** Links that must be followed only once (identity providers). */
function followOnce() {
    document.addEventListener("click", (event) => {
        const link = event.target.closest("a[data-once-link]");
        if (!link) return;
        if (link.getAttribute("aria-disabled") === "true") {
            event.preventDefault();
            return;
        }
        link.setAttribute("aria-disabled", "true");
    });
}

countDownToResend();
followDelivery();
showExpiry();
submitOnce();
followOnce();
