// Service worker of the round: its pages open without a connection, as they were last seen. Nothing of the round is
// older than a working session, nothing of another person is left, and signing out empties it (sign_out.js).

const PAGES = "her-round-pages";
const ASSETS = "her-round-assets";
// As long as a session may last (SESSION_COOKIE_AGE).
const OLDEST = 12 * 60 * 60 * 1000;
// A connection that answers later than this is none.
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep, owner } = event.data ?? {};
  if (keep) event.waitUntil(keepAll(keep, owner));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/round/") && pathname !== self.location.pathname) event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(asset(request));
});

async function keepAll(addresses, owner) {
  await forgetOthers(owner);
  const [pages, assets] = await Promise.all([caches.open(PAGES), caches.open(ASSETS)]);
  await Promise.all(
    addresses.map(async (address) => {
      const isPage = !new URL(address).pathname.startsWith("/static/");
      if (!isPage && (await assets.match(address))) return;
      const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
      if (response?.ok && !response.redirected) await (isPage ? pages : assets).put(address, response);
    }),
  );
}

async function forgetOthers(owner) {
  const pages = await caches.open(PAGES);
  const known = await pages.match("/round/owner");
  if (known && (await known.text()) === owner) return;
  await caches.delete(PAGES);
  await (await caches.open(PAGES)).put("/round/owner", new Response(owner));
}

// The network first; what was kept where it does not answer in time. Only for a page that is opened: a script that asks
// for the newest must not be given an old one.
async function page(request) {
  const pages = await caches.open(PAGES);
  const isOpened = request.mode === "navigate";
  const kept = isOpened ? await fresh(pages, request) : undefined;
  const answer = fetch(request).then(async (response) => {
    // Sent to sign in: whoever comes next must not find this.
    if (response.type === "opaqueredirect" || response.redirected || response.status === 401) await caches.delete(PAGES);
    else if (response.ok) await pages.put(request.url, response.clone());
    return response;
  });
  if (!isOpened) return answer;
  if (!kept) return answer.catch(() => nothing());
  return Promise.race([answer.catch(() => kept), new Promise((done) => setTimeout(done, PATIENCE, kept))]);
}

async function fresh(pages, request) {
  const kept = await pages.match(request.url);
  const age = kept && Date.now() - Date.parse(kept.headers.get("Date"));
  if (!kept || !(age > OLDEST)) return kept;
  await pages.delete(request.url);
  return undefined;
}

// Names of assets change with their content: the browser's own cache answers at once where it can.
async function asset(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(ASSETS)).match(request.url);
    if (kept) return kept;
    throw error;
  }
}

function nothing() {
  const text = "There is no connection, and this page is not kept on this phone. Go back to your round.";
  return new Response(text, { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
