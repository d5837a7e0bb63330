package org.bulla.ui

import com.sun.net.httpserver.HttpExchange
import java.security.KeyPairGenerator
import java.util.Base64
import java.util.concurrent.atomic.AtomicInteger
import org.bulla.support.Loopback

/** In the place of a deployment's antivirus (matrix-content-scanner): it says the same of every file, and opens none. */
class TestScanner : AutoCloseable {
    /** A status, and what is said with it. */
    data class Answer(val status: Int, val body: String)

    /** What it says; null: it is still looking. */
    @Volatile var says: Answer? = null

    /** How many were kept waiting. */
    val kept = AtomicInteger()

    private val key = KeyPairGenerator.getInstance("X25519").generateKeyPair().public.encoded.run { copyOfRange(size - 32, size) }
    private val server = Loopback(::answer)
    val url get() = server.url

    private fun answer(exchange: HttpExchange) {
        exchange.requestBody.readAllBytes()
        if (exchange.requestURI.path.endsWith("/public_key")) {
            val shown = Base64.getEncoder().withoutPadding().encodeToString(key)
            exchange.say(Answer(200, """{"public_key":"$shown"}"""))
            return
        }
        if (says == null) kept.incrementAndGet()
        var said = says
        while (said == null) {
            Thread.sleep(20)
            said = says
        }
        exchange.say(said)
    }

    private fun HttpExchange.say(answer: Answer) {
        val body = answer.body.toByteArray()
        responseHeaders.set("Content-Type", "application/json")
        sendResponseHeaders(answer.status, body.size.toLong())
        responseBody.use { it.write(body) }
        close()
    }

    override fun close() = server.close()

    companion object {
        val TYPE_NOT_ALLOWED = Answer(403, """{"reason":"MCS_MIME_TYPE_FORBIDDEN","info":"no"}""")
        val GONE = Answer(404, """{"reason":"M_NOT_FOUND","info":"no"}""")
        val UNAVAILABLE = Answer(502, """{"reason":"MCS_MEDIA_REQUEST_FAILED","info":"no"}""")
    }
}
