// Shows new messages as they arrive, without disturbing a mail that is being read.
const main = document.querySelector("main");

async function look() {
  try {
    const answer = await fetch("/" + location.search, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (page.dataset.count !== main.dataset.count && !main.querySelector("details[open]")) {
      main.dataset.count = page.dataset.count;
      main.replaceChildren(...page.childNodes);
    }
  } catch {
    // The stack is being restarted; the next look will tell.
  }
}

setInterval(look, 1500);
