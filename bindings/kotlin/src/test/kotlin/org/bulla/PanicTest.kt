package org.bulla

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.future.await
import org.bulla.model.Failure
import org.bulla.model.LogLevel
import org.bulla.model.LogRecord
import org.bulla.model.LogSink
import org.bulla.model.Missing
import org.bulla.model.SessionState
import org.bulla.model.StorageTrouble
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.library
import org.bulla.support.missing
import org.bulla.support.newFolder
import org.bulla.support.storage
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.parallel.Isolated

/** What the app hands in may fail in any way: that is a failure, never a crash. Alone, since there is one log sink. */
@Isolated
class PanicTest {
    @Test
    fun `a key store that throws is a failure`() = story {
        var trouble: Exception? = IllegalStateException("a text that may hold anything")
        val keys = object : MemoryKeyStore() {
            override fun load(name: String) = trouble?.let { throw it } ?: super.load(name)
            override fun save(name: String, key: ByteArray) = trouble?.let { throw it } ?: super.save(name, key)
            override fun erase(name: String) = trouble?.let { throw it } ?: super.erase(name)
        }
        val folder = newFolder()
        val bulla = library(folder, keys)
        val user = Deployment.newUser(0)
        suspend fun signIn() = bulla.signIn(user.homeserver, user.id, user.password)

        assertEquals("port", fails<Failure.Unexpected> { signIn() }.reference)
        trouble = Failure.Storage(StorageTrouble.UNAVAILABLE)
        storage(StorageTrouble.UNAVAILABLE) { signIn() }
        trouble = null
        val first = signIn()
        val account = first.account().id
        first.shutdown()
        first.close()
        trouble = IllegalStateException("a text that may hold anything")
        fails<Failure.Unexpected> { bulla.open(account) }
        trouble = null
        val session = bulla.open(account)
        inTime("it is live") { session.stateFlow().first { it is SessionState.Live } }
        trouble = IllegalStateException("a text that may hold anything")
        fails<Failure.Unexpected> { session.signOut(evenOffline = false) }
        session.shutdown()
        session.close()
        // It is signed out, and what could not be erased goes at the next start.
        missing(Missing.ACCOUNT) { bulla.open(account) }
        assertEquals(emptyList<Any>(), bulla.accounts())

        trouble = null
        bulla.erase(account)
        bulla.close()
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `a log sink that throws is ignored`() = story {
        val called = CompletableFuture<Unit>()
        val throwing = object : LogSink {
            override fun log(record: LogRecord) {
                called.complete(Unit)
                throw IllegalStateException("a text that may hold anything")
            }
        }
        setLogSink(throwing, LogLevel.DEBUG)
        atEnd { setLogLevel(LogLevel.OFF) }
        agent().live()
        inTime("a line") { called.await() }
        agent().live()
    }
}
