// Keeps the open page as it stands on the server. Without this script a page refreshes itself.
let version = document.currentScript.dataset.version;

async function refresh() {
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
  }
}

async function watch() {
  for (;;) {
    try {
      const answer = await fetch("/changes?since=" + version);
      version = (await answer.json()).version;
      await refresh();
    } catch {
      await new Promise((again) => setTimeout(again, 2000));
    }
  }
}

// Someone who comes back from the site wants to see what became of the link.
document.addEventListener("visibilitychange", () => document.hidden || refresh().catch(() => {}));
addEventListener("pageshow", (event) => event.persisted && location.reload());
watch();
