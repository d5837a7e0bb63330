package org.bulla.support

import com.sun.net.httpserver.HttpExchange
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.security.KeyPairGenerator
import java.security.Signature
import java.time.Instant
import java.util.Base64
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.add
import kotlinx.serialization.json.addJsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray

/** A key of a deployment, and what it signs. */
class OfficeKey {
    private val pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair()
    val public: String = Base64.getEncoder().encodeToString(pair.public.encoded)

    fun sign(type: String, payload: String): String {
        val part = Base64.getUrlEncoder().withoutPadding()
        val signed = listOf("""{"alg":"EdDSA","typ":"$type"}""", payload).joinToString(".") { part.encodeToString(it.toByteArray()) }
        val signature = Signature.getInstance("Ed25519").apply { initSign(pair.private); update(signed.toByteArray()) }.sign()
        return "$signed.${part.encodeToString(signature)}"
    }
}

/** What a deployment puts in front of a real homeserver: a directory service and the server's proof. All else goes through. */
class Office(private val homeserver: String, private val name: String, private val guests: String = "guests.example") : AutoCloseable {
    val key = OfficeKey()

    /** What the directory answers. */
    @Volatile var directory = """{"hs":"$name"}"""

    /** Whose proof is shown; null: none. */
    @Volatile var proves: String? = name

    /** How people sign in there. */
    @Volatile var ways = listOf("password")

    /** The paths that were asked for. */
    val asked = ConcurrentLinkedQueue<String>()

    private val http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()
    private val server = Loopback(::answer)
    val url get() = server.url

    fun manifest(
        version: Int,
        by: OfficeKey = key,
        expires: Instant = Instant.now().plusSeconds(3600),
        more: JsonObjectBuilder.() -> Unit = {},
    ): String {
        val payload = buildJsonObject {
            put("schema", 1)
            put("version", version)
            put("exp", expires.epochSecond)
            put("name", "Messagerie")
            putJsonArray("instances") {
                addJsonObject {
                    put("server", name)
                    put("base_url", url)
                    put("label", "Agents")
                    putJsonArray("sign_in") { ways.forEach { add(it) } }
                }
                addJsonObject {
                    put("server", guests)
                    put("base_url", "https://guests.example")
                    put("label", "Guests")
                    put("external_guests", true)
                    putJsonArray("sign_in") { add("oauth") }
                }
            }
            putJsonArray("discovery") { add(url) }
            more()
        }
        return by.sign("bulla-manifest+jws", payload.toString())
    }

    private fun answer(exchange: HttpExchange) = exchange.use {
        val path = exchange.requestURI.path
        asked += path
        val now = Instant.now().epochSecond
        when (path) {
            "/_matrix/identity/api/v1/info" -> exchange.say(200, directory.toByteArray())
            "/_bulla/client/v1/proof" -> when (val server = proves) {
                null -> exchange.say(404, "{}".toByteArray())
                else -> {
                    val claims = """{"sub":"$server","iat":$now,"exp":${now + 600}}"""
                    exchange.say(200, key.sign("bulla-proof+jwt", claims).toByteArray())
                }
            }
            else -> pass(exchange)
        }
    }

    private fun pass(exchange: HttpExchange) {
        val request = HttpRequest.newBuilder(URI(homeserver.trimEnd('/') + exchange.requestURI))
        for (header in listOf("Authorization", "Content-Type", "Cookie")) {
            exchange.requestHeaders.getFirst(header)?.let { request.header(header, it) }
        }
        request.method(exchange.requestMethod, BodyPublishers.ofByteArray(exchange.requestBody.readAllBytes()))
        val answer = http.send(request.build(), BodyHandlers.ofByteArray())
        exchange.responseHeaders.set("Content-Type", "application/json")
        for (header in listOf("Location", "Set-Cookie")) answer.headers().allValues(header).forEach { exchange.responseHeaders.add(header, it) }
        exchange.say(answer.statusCode(), answer.body())
    }

    private fun HttpExchange.say(status: Int, body: ByteArray) {
        sendResponseHeaders(status, if (body.isEmpty()) -1 else body.size.toLong())
        if (body.isNotEmpty()) responseBody.write(body)
    }

    private fun HttpExchange.use(work: () -> Unit) = try {
        work()
    } finally {
        close()
    }

    override fun close() = server.close()
}
