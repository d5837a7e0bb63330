"""A client on matrix-nio, driven by lines of JSON: {"id": 1, "do": "send", ...} in, {"id": 1, "ok": true, ...} out.

matrix-nio does not know cross-signing, and clients that follow MSC4153 give no keys to a device that its owner has not signed. So the
keys are made here, by the library's own Olm, and told to the server by its public API.
"""

import asyncio
import json
import sys

import aiohttp
from nio import Api, AsyncClient, AsyncClientConfig, Event, MegolmEvent
from olm.pk import PkSigning


class Peer:
    def __init__(self):
        self.client = None
        self.seen = []
        self.unread = []

    async def start(self, order):
        config = AsyncClientConfig(store_sync_tokens=True, encryption_enabled=True)
        self.client = AsyncClient(order["homeserver"], order["user"], store_path=order["folder"], config=config)
        self.client.add_event_callback(self.on_event, Event)
        await self.client.login(order["password"], device_name="matrix-nio")
        await self.client.sync(timeout=0, full_state=True)
        await self.client.keys_upload()
        await self.sign(order["password"])
        self.syncing = asyncio.create_task(self.client.sync_forever(timeout=10_000, full_state=True))
        return {"device": self.client.device_id}

    async def sign(self, password):
        """Makes the account's cross-signing keys and signs this device with them."""
        user = self.client.user_id

        def signed(thing, key):
            signature = key.sign(Api.to_canonical_json(thing))
            kept = thing.get("signatures", {}).get(user, {})
            return {**thing, "signatures": {user: {**kept, f"ed25519:{key.public_key}": signature}}}

        keys = {usage: PkSigning(PkSigning.generate_seed()) for usage in ("master", "self_signing", "user_signing")}
        upload = {}
        for usage, key in keys.items():
            public = {"user_id": user, "usage": [usage], "keys": {f"ed25519:{key.public_key}": key.public_key}}
            upload[f"{usage}_key"] = public if usage == "master" else signed(public, keys["master"])
        status, answer = await self.call("POST", "/keys/device_signing/upload", upload)
        if status == 401:
            identifier = {"type": "m.id.user", "user": user}
            upload["auth"] = {
                "type": "m.login.password", "identifier": identifier, "password": password, "session": answer["session"],
            }
            status, answer = await self.call("POST", "/keys/device_signing/upload", upload)
        check(status, answer)
        status, answer = await self.call("POST", "/keys/query", {"device_keys": {user: []}})
        check(status, answer)
        device = answer["device_keys"][user][self.client.device_id]
        bare = {name: value for name, value in device.items() if name not in ("signatures", "unsigned")}
        own = {user: {self.client.device_id: signed(bare, keys["self_signing"])}}
        check(*await self.call("POST", "/keys/signatures/upload", own))

    async def call(self, method, path, body):
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        url = f"{self.client.homeserver.rstrip('/')}/_matrix/client/v3{path}"
        async with aiohttp.ClientSession() as http, http.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def on_event(self, room, event):
        if isinstance(event, MegolmEvent):
            self.unread.append(event)
        else:
            self.seen.append((room.room_id, event))

    def read_again(self):
        for event in list(self.unread):
            try:
                read = self.client.decrypt_event(event)
            except Exception:  # The key has not come yet.
                continue
            self.unread.remove(event)
            self.seen.append((event.room_id, read))

    async def join(self, order):
        room = order["room"]
        while room not in self.client.invited_rooms and room not in self.client.rooms:
            await asyncio.sleep(0.05)
        await self.client.join(room)
        while not (room in self.client.rooms and self.client.rooms[room].encrypted and len(self.client.rooms[room].users) > 1):
            await asyncio.sleep(0.05)
        return {}

    async def send(self, order):
        answer = await self.client.room_send(order["room"], order["type"], order["content"], ignore_unverified_devices=True)
        return {"event": answer.event_id}

    async def redact(self, order):
        answer = await self.client.room_redact(order["room"], order["event"])
        return {"event": answer.event_id}

    async def wait(self, order):
        while True:
            self.read_again()
            for room, event in self.seen:
                if room == order["room"] and matches(event.source, order["wanted"]):
                    return {"event": event.event_id, "class": type(event).__name__, "encrypted": bool(event.decrypted), "source": event.source}
            await asyncio.sleep(0.05)


def matches(there, wanted):
    """Whether all that is wanted is there."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(matches(there.get(name), value) for name, value in wanted.items())
    return there == wanted


def check(status, answer):
    if status != 200 or answer.get("failures"):
        raise RuntimeError(f"{status}: {answer}")


async def main():
    peer = Peer()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        try:
            work = getattr(peer, order["do"])(order)
            answer = {"ok": True, **await asyncio.wait_for(work, 60)}
        except Exception as error:
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}", "seen": [event.source.get("type") for _, event in peer.seen], "unread": len(peer.unread)}
        print(json.dumps({"id": order["id"], **answer}), flush=True)


asyncio.run(main())
