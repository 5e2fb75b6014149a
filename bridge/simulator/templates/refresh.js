(() => {
  const every = Number(document.documentElement.dataset.refresh) * 1000;
  const main = document.querySelector("main");
  const chosen = new Map();
  let shown = main.innerHTML;
  addEventListener("toggle", (event) => chosen.set(event.target.id, event.target.open), true);
  const look = async () => {
    if (document.hidden || !getSelection().isCollapsed) return;
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = next.querySelector("main");
    const focused = main.contains(document.activeElement) ? document.activeElement.id : null;
    if (!fresh || fresh.innerHTML === shown || focused === "") return;
    shown = fresh.innerHTML;
    const range = main.querySelector("input[name=range]:checked")?.id;
    main.replaceChildren(...fresh.childNodes);
    document.title = next.title;
    for (const [id, open] of chosen) document.getElementById(id)?.toggleAttribute("open", open);
    if (range) document.getElementById(range)?.click();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
  setInterval(() => look().catch(() => {}), every);
})();
