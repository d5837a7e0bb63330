package org.bulla.support

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.util.concurrent.Executors

/** A server of a test's own on this machine, for which [answer] speaks, on a thread for each that waits. */
class Loopback(answer: (HttpExchange) -> Unit) : AutoCloseable {
    private val threads = Executors.newCachedThreadPool()
    private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
        executor = threads
        createContext("/", answer)
        start()
    }
    val url = "http://127.0.0.1:${server.address.port}"

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }
}
