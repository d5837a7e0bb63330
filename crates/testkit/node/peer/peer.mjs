// A client on matrix-js-sdk, driven by lines of JSON: {"id": 1, "do": "send", ...} in, {"id": 1, "ok": true, ...} out.

import { createInterface } from "node:readline";
import { ClientEvent, createClient, SyncState } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

// What the library logs goes where it disturbs no answer.
logger.setLevel?.("error");
for (const level of ["log", "info", "debug", "trace", "warn"]) console[level] = console.error;

const seen = new Map();
let client;

const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(found) {
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
        const there = found();
        if (there) return there;
        await rest(50);
    }
    const what = [...seen.values()].map((event) => `${event.getType()}${event.isDecryptionFailure() ? " unread" : ""}`);
    throw new Error(`not in time; seen: ${what.join(", ")}`);
}

function matches(there, wanted) {
    if (wanted !== null && typeof wanted === "object") {
        return there !== null && typeof there === "object" && Object.entries(wanted).every(([name, value]) => matches(there[name], value));
    }
    return there === wanted;
}

/** An event as it was sent, decrypted. */
function source(event) {
    const { type, content } = event.getEffectiveEvent();
    return { type, content, sender: event.getSender(), redacts: event.event.redacts ?? content?.redacts };
}

const orders = {
    async start({ homeserver, user, password }) {
        const login = await fetch(`${homeserver}/_matrix/client/v3/login`, {
            method: "POST",
            body: JSON.stringify({ type: "m.login.password", identifier: { type: "m.id.user", user }, password }),
        });
        const { access_token, device_id } = await login.json();
        client = createClient({ baseUrl: homeserver, userId: user, accessToken: access_token, deviceId: device_id });
        client.on(ClientEvent.Event, (event) => event.getId() && seen.set(event.getId(), event));
        await client.initRustCrypto({ useIndexedDB: false });
        const authUploadDeviceSigningKeys = async (upload) => {
            try {
                await upload(null);
            } catch (error) {
                const session = error.data?.session;
                await upload({ type: "m.login.password", identifier: { type: "m.id.user", user }, password, session });
            }
        };
        await client.startClient({ initialSyncLimit: 20, threadSupport: true });
        await until(() => [SyncState.Prepared, SyncState.Syncing].includes(client.getSyncState()));
        await client.getCrypto().bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys });
        return { device: device_id };
    },

    async join({ room }) {
        await until(() => client.getRoom(room));
        await client.joinRoom(room);
        await until(() => client.getRoom(room)?.getJoinedMemberCount() > 1 && client.getRoom(room).hasEncryptionStateEvent());
        return {};
    },

    async send({ room, type, content }) {
        const transaction = `peer${seen.size}.${Date.now()}`;
        try {
            const { event_id } = await client.sendEvent(room, type, content, transaction);
            return { event: event_id };
        } catch (error) {
            // The library stumbles where the sync brings an event before the answer to its sending does; it was sent all the same.
            if (!String(error).includes("local echo")) throw error;
            const event = await until(() => [...seen.values()].find((it) => it.getUnsigned().transaction_id === transaction));
            return { event: event.getId() };
        }
    },

    async redact({ room, event }) {
        const { event_id } = await client.redactEvent(room, event);
        return { event: event_id };
    },

    async wait({ room, wanted }) {
        const event = await until(() => [...seen.values()].find((it) => it.getRoomId() === room && matches(source(it), wanted)));
        return { event: event.getId(), encrypted: event.isEncrypted(), source: source(event) };
    },

    /** What the library makes of an event and of those that speak of it. */
    async shown({ room, event, wanted }) {
        const of = () => {
            const it = client.getRoom(room)?.findEventById(event) ?? seen.get(event);
            if (!it) return undefined;
            const children = (relation, type) => client.getRoom(room).relations.getChildEventsForEvent(event, relation, type)?.getRelations() ?? [];
            return {
                body: it.getContent().body ?? null,
                edited: Boolean(it.replacingEvent()),
                redacted: it.isRedacted(),
                replies: client.getRoom(room).getThread(event)?.length ?? 0,
                reactions: children("m.annotation", "m.reaction").map((reaction) => reaction.getRelation().key),
            };
        };
        await until(() => matches(of(), wanted));
        return of();
    },
};

for await (const line of createInterface({ input: process.stdin })) {
    const { id, do: what, ...order } = JSON.parse(line);
    let answer;
    try {
        answer = { ok: true, ...(await orders[what](order)) };
    } catch (error) {
        answer = { ok: false, error: String(error?.stack ?? error) };
    }
    process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`);
}
process.exit(0);
