package org.bulla.desktop

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.awt.Desktop
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.URI
import java.util.concurrent.Executors
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.consumeAsFlow
import kotlinx.coroutines.flow.emptyFlow
import org.bulla.ui.model.BrowserPort
import org.bulla.ui.model.BrowserVisit

/**
 * The desktop's own browser. It comes back to a listener on this machine's loopback, which is there for as long as it is waited for (RFC
 * 8252, section 7.3). [show] opens a page and says whether it could; [farewell] is what the browser's page says at the end.
 */
class DesktopBrowser(override val name: String, private val farewell: () -> String, private val show: (URI) -> Boolean = ::showInBrowser) : BrowserPort {
    override val website = "https://app.bulla.org/"

    override fun visit(): BrowserVisit = LoopbackVisit(farewell, show)
}

private class LoopbackVisit(private val farewell: () -> String, private val show: (URI) -> Boolean) : BrowserVisit {
    private val calls = Channel<String>(CALLS)
    private val thread = Executors.newSingleThreadExecutor { Thread(it, "browser callback").apply { isDaemon = true } }
    private val server: HttpServer = HttpServer.create(InetSocketAddress(InetAddress.getByName(HOST), 0), 0).apply {
        executor = thread
        createContext("/", ::answer)
        start()
    }

    override val callback = "http://$HOST:${server.address.port}$PATH"

    override fun open(url: String): Flow<String> = if (show(URI(url))) calls.consumeAsFlow() else emptyFlow()

    /** Whoever calls is heard: whether they answer what was asked is for the library to say. */
    private fun answer(exchange: HttpExchange) = try {
        val uri = exchange.requestURI
        if (exchange.requestMethod == "GET" && uri.path == PATH) {
            calls.trySend("http://$HOST:${server.address.port}$uri")
            exchange.say(200, farewell())
        } else {
            exchange.say(404, "")
        }
    } finally {
        exchange.close()
    }

    private fun HttpExchange.say(status: Int, text: String) {
        val page = text.toByteArray()
        responseHeaders.set("Content-Type", "text/plain; charset=utf-8")
        // What stands in the address is nobody else's.
        responseHeaders.set("Referrer-Policy", "no-referrer")
        responseHeaders.set("Cache-Control", "no-store")
        sendResponseHeaders(status, if (page.isEmpty()) -1 else page.size.toLong())
        if (page.isNotEmpty()) responseBody.write(page)
    }

    override fun close() {
        // Behind the page that is just being sent.
        thread.execute { server.stop(0) }
        thread.shutdown()
        calls.close()
    }

    private companion object {
        const val HOST = "127.0.0.1"
        const val PATH = "/callback"

        /** More calls than that at once are not the browser's. */
        const val CALLS = 8
    }
}

/** By Java where it can, otherwise by what Linux desktops have. */
private fun showInBrowser(url: URI): Boolean = try {
    if (Desktop.isDesktopSupported() && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) Desktop.getDesktop().browse(url)
    else ProcessBuilder("xdg-open", "$url").start()
    true
} catch (_: IOException) {
    false
}
