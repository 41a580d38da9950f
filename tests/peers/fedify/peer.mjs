// An ActivityPub server built on Fedify, which tests start and steer from a second port.
//
//   node peer.mjs [PORT [CONTROL_PORT]]     prints {"port": …, "control": …} when it is ready
//
// The people here are /users/ana (a Person) and /users/partners (an Organization). Everything
// stays in memory and on the loopback interface.

import {
  Accept, Activity, Announce, Collection, Create, DataIntegrityProof, Endpoints, Follow,
  InProcessMessageQueue, Like, MemoryKvStore, Note, Object as Thing, Organization, Person,
  PUBLIC_COLLECTION, Question, Undo, createFederation, generateCryptoKeyPair, getDocumentLoader,
  getTypeId, signObject, signRequest, verifyObject, verifyProof, verifyRequest,
} from "@fedify/fedify";
import { Temporal } from "@js-temporal/polyfill";
import { CONTEXTS } from "./contexts.mjs";
import { HOST, listen } from "./listen.mjs";
import { inWords } from "./log.mjs";

const PEOPLE = { ana: [Person, "Ana"], partners: [Organization, "Partners"] };
const CAVAGE = "draft-cavage-http-signatures-12";

// WebFinger is asked over https alone, and there is no TLS on the loopback interface.
const fetchAnything = globalThis.fetch;
globalThis.fetch = (input, init) => fetchAnything(
  typeof input === "string" || input instanceof URL
    ? String(input).replace(`https://${HOST}:`, `http://${HOST}:`) : input, init);

const loadAnything = getDocumentLoader({ allowPrivateAddress: true });
const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue({ pollInterval: { milliseconds: 200 } }),
  allowPrivateAddress: true,
  firstKnock: CAVAGE,
  contextLoaderFactory: () => async (url, options) => url in CONTEXTS
    ? { contextUrl: null, document: CONTEXTS[url], documentUrl: url }
    : await loadAnything(url, options),
});

const keys = {};         // who -> the promise of two key pairs
const followers = {};    // who -> actor uri -> the follower as Fedify wants it
const follows = {};      // the actor we follow -> our Follow
const objects = {};      // number -> what we published
const arrivals = {};     // activity id -> how it came over the wire
const received = [];     // what a listener got
const refused = [];      // what Fedify did not take

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, who) => {
    if (!Object.hasOwn(PEOPLE, who)) return null;
    const [Kind, name] = PEOPLE[who];
    const pairs = await ctx.getActorKeyPairs(who);
    return new Kind({
      id: ctx.getActorUri(who), preferredUsername: who, name, url: ctx.getActorUri(who),
      inbox: ctx.getInboxUri(who), outbox: ctx.getOutboxUri(who),
      followers: ctx.getFollowersUri(who),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher((ctx, who) => keys[who] ??= Promise.all(
    [generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), generateCryptoKeyPair("Ed25519")]));

federation.setFollowersDispatcher("/users/{identifier}/followers",
  (ctx, who) => ({ items: Object.values(followers[who] ?? {}) }));
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
for (const Kind of [Note, Question]) {
  federation.setObjectDispatcher(Kind, `/${Kind.name.toLowerCase()}s/{number}`,
    (ctx, { number }) => objects[number] ?? null);
}

federation.setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .withIdempotency("per-inbox")
  .on(Follow, async (ctx, follow) => {
    await keep(ctx, follow);
    const { identifier: who } = ctx.parseUri(follow.objectId) ?? {};
    if (!Object.hasOwn(PEOPLE, who ?? "")) return;
    const follower = await follow.getActor(ctx);
    (followers[who] ??= {})[follower.id.href] =
      { id: follower.id, inboxId: follower.inboxId, endpoints: follower.endpoints };
    await ctx.sendActivity({ identifier: who }, follower, about(ctx, who, Accept, follow));
  })
  .on(Activity, keep)
  .onError((ctx, error) => console.error("error", "peer", inWords(error)));

async function keep(ctx, activity) {
  const { document, httpSignature } = arrivals[activity.id.href];
  received.push({
    type: getTypeId(activity).href.split("#").at(-1), id: activity.id.href,
    actor: activity.actorId.href, document, httpSignature,
    proof: await proofOf(ctx, Activity, document),
    objectProof: await proofOf(ctx, Thing, document.object),
  });
}

// Says "absent", "verified" (proven by the very actor it is attributed to) or "refused".
async function proofOf(ctx, Kind, document) {
  if (document?.proof == null) return "absent";
  const { signature, ...bare } = document;
  try {
    const object = await verifyObject(Kind, bare, ctx);
    // Fedify has nothing against a proof of what nobody is said to have written.
    return object?.attributionId ?? object?.actorId ? "verified" : "refused";
  } catch (error) {
    console.error("error", "peer.proof", inWords(error));
    return "refused";
  }
}

let count = 0;
function fresh(ctx, folder) {
  return new URL(`/${folder}/${++count}`, ctx.canonicalOrigin);
}

function about(ctx, who, Kind, object, values = {}) {
  const id = fresh(ctx, `${Kind.name.toLowerCase()}s`);
  return new Kind({ id, actor: ctx.getActorUri(who), object, ...values });
}

function publish(ctx, who, Kind, values) {
  const id = fresh(ctx, `${Kind.name.toLowerCase()}s`);
  const object = new Kind({
    id, attribution: ctx.getActorUri(who), published: Temporal.Now.instant().round("second"),
    to: PUBLIC_COLLECTION, ...values,
  });
  objects[count] = object;
  return new Create({
    id: new URL("#create", id), actor: ctx.getActorUri(who), object,
    tos: object.toIds, ccs: object.ccIds,
  });
}

async function find(ctx, uri, who = "ana") {
  const documentLoader = await ctx.getDocumentLoader({ identifier: who });
  return await ctx.lookupObject(new URL(uri), { documentLoader, contextLoader: ctx.contextLoader });
}

// Sends at once, so that the answer of the other server is the answer to the test.
async function send(ctx, who, recipient, activity) {
  const to = recipient === "followers" ? recipient : await find(ctx, recipient, who);
  await ctx.sendActivity({ identifier: who }, to, activity, { immediate: true });
  return { id: activity.id.href, object: activity.objectId?.href };
}

// Posts one activity without Fedify's delivery: once, signed as told, changed before or after.
async function post(ctx, who, uri, activity, { spec, before = same, after = same }) {
  const [{ keyId, privateKey }] = await ctx.getActorKeyPairs(who);
  const body = before(JSON.stringify(await activity.toJsonLd({ ...ctx, format: "compact" })));
  const request = new Request((await find(ctx, uri, who)).inboxId, {
    method: "POST", body, headers: { "Content-Type": "application/activity+json" },
  });
  const { headers } = await signRequest(request, privateKey, keyId, { spec });
  const response = await fetch(request.url, { method: "POST", headers, body: after(body) });
  return { id: activity.id.href, status: response.status, answer: await response.text() };
}

const text = (content, values = {}) => ({ content: `<p>${content}</p>`, ...values });
const same = (body) => body;
const option = (name) => new Note({ name, replies: new Collection({ totalItems: 0 }) });

const controls = {
  "GET /received": () => received,
  "GET /refused": () => refused,
  "GET /followers": (ctx, { as: who }) => Object.keys(followers[who] ?? {}),
  "GET /webfinger": (ctx, { resource }) => ctx.lookupWebFinger(resource),
  "GET /lookup": async (ctx, { uri, as: who }) => {
    const load = await ctx.getDocumentLoader({ identifier: who });
    const { document } = await load(uri);
    const object = await Thing.fromJsonLd(document, { ...ctx, documentLoader: load });
    return { class: getTypeId(object).href.split("#").at(-1), document };
  },
  "GET /collection": async (ctx, { uri, as: who }) => {
    const documentLoader = await ctx.getDocumentLoader({ identifier: who });
    const items = ctx.traverseCollection(await find(ctx, uri, who), { documentLoader });
    return await Array.fromAsync(items, (item) => item.id.href);
  },
  "POST /follow": (ctx, { as: who, actor }) =>
    send(ctx, who, actor, follows[actor] = about(ctx, who, Follow, new URL(actor))),
  "POST /unfollow": (ctx, { as: who, actor }) =>
    send(ctx, who, actor, about(ctx, who, Undo, follows[actor])),
  "POST /like": (ctx, { as: who, object, to }) =>
    send(ctx, who, to, about(ctx, who, Like, new URL(object))),
  "POST /announce": (ctx, { as: who, object, to }) =>
    send(ctx, who, to, about(ctx, who, Announce, new URL(object), { to: PUBLIC_COLLECTION })),
  "POST /reply": (ctx, { as: who, object, to, content }) => send(ctx, who, to, publish(
    ctx, who, Note, text(content, { replyTarget: new URL(object), cc: new URL(to) }))),
  "POST /vote": (ctx, { as: who, question, author, name }) => send(ctx, who, author, publish(
    ctx, who, Note, { name, replyTarget: new URL(question), to: new URL(author) })),
  "POST /note": (ctx, { as: who, content }) => send(ctx, who, "followers", publish(
    ctx, who, Note, text(content, { cc: ctx.getFollowersUri(who) }))),
  "POST /question": (ctx, { as: who, content, options, endTime }) => send(
    ctx, who, "followers", publish(ctx, who, Question, text(content, {
      cc: ctx.getFollowersUri(who), exclusiveOptions: options.map(option), voters: 0,
      endTime: Temporal.Instant.from(endTime) }))),
  "POST /verify": async (ctx, { document: { signature, ...document } }) => {
    const proof = await DataIntegrityProof.fromJsonLd(
      { "@context": document["@context"], ...document.proof }, ctx);
    return { key: (await verifyProof(document, proof, ctx))?.id.href ?? null };
  },
  "POST /send-altered": (ctx, { as: who, to, spec = CAVAGE }) => post(
    ctx, who, to, publish(ctx, who, Note, text("as signed")),
    { spec, after: (body) => body.replace("as signed", "as forged") }),
  "POST /send-rfc9421": (ctx, { as: who, to, object, content }) => post(
    ctx, who, to, publish(ctx, who, Note,
      text(content, { replyTarget: new URL(object), cc: new URL(to) })), { spec: "rfc9421" }),
  // Somebody's reply, brought by somebody else, that cannot be read where it was written.
  "POST /forward": async (ctx, { as: who, by = "partners", to, object, content, change }) => {
    const reply = publish(ctx, who, Note,
      text(content, { replyTarget: new URL(object), cc: new URL(to) }));
    delete objects[count];
    const [, { privateKey, multikey }] = await ctx.getActorKeyPairs(who);
    const proven = await signObject(reply, privateKey, multikey.id, ctx);
    return await post(ctx, by, to, proven, {
      spec: CAVAGE, before: (body) => change ? body.replace(content, change) : body });
  },
};

async function answer(request) {
  if (request.method !== "POST") return await federation.fetch(request, { contextData: null });
  const ctx = federation.createContext(request, null);
  // Fedify is content with a proof and then ignores the HTTP signature; we want to know both.
  const httpSignature = await verifyRequest(request.clone(), ctx) != null;
  const document = await request.clone().json();
  arrivals[document.id] = { document, httpSignature };
  const response = await federation.fetch(request, { contextData: null });
  if (!response.ok) refused.push({ document, httpSignature, status: response.status });
  return response;
}

async function control(request) {
  const { pathname, searchParams } = new URL(request.url);
  const act = controls[`${request.method} ${pathname}`];
  if (act === undefined) return Response.json({ error: "no such control" }, { status: 404 });
  const given = request.method === "POST" ? await request.json() : Object.fromEntries(searchParams);
  try {
    return Response.json(await act(federation.createContext(new URL(origin), null),
      { as: "ana", ...given }));
  } catch (error) {
    console.error("error", "peer.control", pathname, inWords(error));
    return Response.json({ error: String(error) }, { status: 502 });
  }
}

const [port, controlPort] = [await listen(Number(process.argv[2] ?? 0), answer),
  await listen(Number(process.argv[3] ?? 0), control)];
const origin = `http://${HOST}:${port}`;
console.log(JSON.stringify({ port, control: controlPort }));
process.on("SIGTERM", () => process.exit(0));
