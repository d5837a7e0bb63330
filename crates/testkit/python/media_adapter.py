"""Between matrix-content-scanner 1.0.8 and a homeserver with authenticated media (Matrix 1.11).

The scanner asks for `/_matrix/media/v3/download/...` and cannot be told another path; a homeserver answers 404 there to what was uploaded since
media are authenticated. Here the path becomes `/_matrix/client/v1/media/download/...`, in the name of an account of the deployment's own.

Arguments: port, homeserver, the file that holds the token.
"""

import sys

from aiohttp import ClientSession, web

PORT, HOMESERVER = int(sys.argv[1]), sys.argv[2].rstrip("/")
with open(sys.argv[3]) as file:
    TOKEN = file.read()


async def download(request: web.Request) -> web.StreamResponse:
    server, name = request.match_info["server"], request.match_info["name"]
    url = f"{HOMESERVER}/_matrix/client/v1/media/download/{server}/{name}"
    async with ClientSession() as session:
        async with session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            headers = {"Content-Type": answer.headers.get("Content-Type", "application/octet-stream")}
            return web.Response(status=answer.status, headers=headers, body=await answer.read())


app = web.Application()
app.router.add_get("/_matrix/media/{version}/download/{server}/{name}", download)
web.run_app(app, host="127.0.0.1", port=PORT, print=None)
