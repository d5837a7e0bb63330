package org.bulla.ui

import com.sun.net.httpserver.HttpExchange
import java.util.concurrent.ConcurrentHashMap
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.add
import kotlinx.serialization.json.addJsonObject
import kotlinx.serialization.json.buildJsonArray
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import kotlinx.serialization.json.putJsonObject
import org.bulla.support.Loopback
import org.bulla.support.User

/**
 * A homeserver with one account that is in [count] rooms, more than a real one could be given in the time of a test. It tells them by
 * simplified sliding sync (MSC4186) and knows just enough of the rest for a client to be content: the library fills its own store from it.
 */
class ManyRooms(private val count: Int) : AutoCloseable {
    private val server = Loopback(::answer)
    /** What each connection has been told: a position and so many rooms. */
    private val told = ConcurrentHashMap<String, Pair<Int, Int>>()
    @Volatile private var deviceKeys: JsonObject? = null
    @Volatile private var identity: JsonObject? = null

    val user = User("@camille:many.example", "a password", server.url)

    override fun close() = server.close()

    private fun answer(exchange: HttpExchange) = exchange.use {
        val path = exchange.requestURI.path.removePrefix("/_matrix/client/").removePrefix("v3/").removePrefix("r0/")
        val text = exchange.requestBody.readBytes().decodeToString()
        val body = if (text.isBlank()) JsonObject(emptyMap()) else Json.parseToJsonElement(text).jsonObject
        val found = reply(exchange, path, body)
        val bytes = "${found ?: buildJsonObject { put("errcode", "M_NOT_FOUND"); put("error", "not here") }}".toByteArray()
        exchange.responseHeaders.add("Content-Type", "application/json")
        exchange.sendResponseHeaders(if (found == null) 404 else 200, bytes.size.toLong())
        exchange.responseBody.write(bytes)
    }

    private fun reply(exchange: HttpExchange, path: String, body: JsonObject): JsonObject? = when {
        path == "versions" -> buildJsonObject {
            putJsonArray("versions") { (1..12).forEach { add("v1.$it") } }
            putJsonObject("unstable_features") { put("org.matrix.simplified_msc3575", true) }
        }
        path == "login" && exchange.requestMethod == "GET" -> buildJsonObject { putJsonArray("flows") { addJsonObject { put("type", "m.login.password") } } }
        path == "login" -> buildJsonObject { put("user_id", user.id); put("device_id", DEVICE); put("access_token", "a token") }
        path == "account/whoami" -> buildJsonObject { put("user_id", user.id); put("device_id", DEVICE) }
        path.endsWith("simplified_msc3575/sync") -> sync(exchange, body)
        path == "keys/upload" -> {
            (body["device_keys"] as? JsonObject)?.let { deviceKeys = it }
            buildJsonObject { putJsonObject("one_time_key_counts") { put("signed_curve25519", 50) } }
        }
        path == "keys/device_signing/upload" -> EMPTY.also { identity = body }
        path == "keys/query" -> keys()
        path == "keys/signatures/upload" || path == "keys/claim" -> EMPTY
        path == "pushrules/" -> buildJsonObject { putJsonObject("global") {} }
        path == "capabilities" -> buildJsonObject { putJsonObject("capabilities") {} }
        path.endsWith("/filter") -> buildJsonObject { put("filter_id", "1") }
        "/account_data/" in path && exchange.requestMethod == "PUT" -> EMPTY
        path.endsWith("/members") -> buildJsonObject { putJsonArray("chunk") {} }
        path.endsWith("/messages") -> buildJsonObject { putJsonArray("chunk") {}; put("start", "s") }
        "/receipt/" in path || path.endsWith("/read_markers") || "/typing/" in path -> EMPTY
        else -> null
    }

    private fun keys() = buildJsonObject {
        putJsonObject("device_keys") { deviceKeys?.let { keys -> putJsonObject(user.id) { put(DEVICE, keys) } } }
        identity?.let { given ->
            for (kind in listOf("master", "self_signing", "user_signing")) given["${kind}_key"]?.let { key -> putJsonObject("${kind}_keys") { put(user.id, key) } }
        }
    }

    private fun sync(exchange: HttpExchange, body: JsonObject): JsonObject {
        val query = exchange.requestURI.query.orEmpty().split('&').associate { it.substringBefore('=') to it.substringAfter('=') }
        val connection = body["conn_id"]?.jsonPrimitive?.contentOrNull.orEmpty()
        val (at, known) = told[connection]?.takeIf { "pos" in query } ?: (0 to 0)
        val end = body["lists"]?.jsonObject?.get("all_rooms")?.jsonObject?.get("ranges")?.jsonArray?.get(0)?.jsonArray?.get(1)?.jsonPrimitive?.int
        val upto = minOf(count, (end ?: -1) + 1).coerceAtLeast(known)
        told[connection] = at + 1 to upto
        if (upto == known && "pos" in query) Thread.sleep(query["timeout"]?.toLong() ?: 0)
        return buildJsonObject {
            put("pos", "${at + 1}")
            putJsonObject("lists") { if (end != null) putJsonObject("all_rooms") { put("count", count) } }
            putJsonObject("rooms") { for (number in known until upto) putJsonObject("!room$number:many.example") { room(number) } }
            putJsonObject("extensions") {
                putJsonObject("e2ee") { putJsonObject("device_one_time_keys_count") { put("signed_curve25519", 50) } }
                putJsonObject("to_device") { put("next_batch", "1"); putJsonArray("events") {} }
            }
        }
    }

    private fun JsonObjectBuilder.room(number: Int) {
        fun state(type: String, key: String, content: JsonObjectBuilder.() -> Unit) = buildJsonObject {
            put("type", type)
            put("state_key", key)
            put("sender", OTHER)
            put("origin_server_ts", NOW - number)
            put("event_id", "\$$type-$number-${key.length}")
            putJsonObject("content", content)
        }
        put("initial", true)
        put("name", "Groupe $number")
        put("joined_count", 12)
        put("invited_count", 0)
        put("bump_stamp", count - number)
        put("required_state", buildJsonArray {
            add(state("m.room.create", "") { put("room_version", "10"); put("creator", OTHER) })
            add(state("m.room.power_levels", "") { putJsonObject("users") { put(OTHER, 100) } })
            add(state("m.room.member", user.id) { put("membership", "join"); put("displayname", "Camille") })
            add(state("m.room.name", "") { put("name", "Groupe $number") })
        })
        putJsonArray("timeline") {
            addJsonObject {
                put("type", "m.room.message")
                put("event_id", "\$message-$number")
                put("sender", OTHER)
                put("origin_server_ts", NOW - number * 60_000L)
                putJsonObject("content") { put("msgtype", "m.text"); put("body", "La note n° $number est prête.") }
            }
        }
        put("limited", true)
        put("prev_batch", "p")
        put("num_live", 0)
    }

    private companion object {
        const val DEVICE = "MANYROOMS"
        const val OTHER = "@dominique:many.example"
        const val NOW = 1_760_000_000_000
        val EMPTY = JsonObject(emptyMap())
    }
}
