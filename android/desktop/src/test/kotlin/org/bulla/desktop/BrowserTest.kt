package org.bulla.desktop

import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.inTime
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.bulla.ui.model.AppModel
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Signing in by the desktop's browser, and what a deployment gives with the app. */
class BrowserTest {
    @TempDir lateinit var folder: Path

    private val http = HttpClient.newHttpClient()

    @Test
    fun signsInThroughTheBrowser() = story {
        val homeserver = Deployment.sovereign()
        val someone = Deployment.newPerson()
        val scope = CoroutineScope(Dispatchers.Default)
        val bulla = library(newFolder(), MemoryKeyStore())
        val pages = CopyOnWriteArrayList<HttpResponse<String>>()
        val browser = DesktopBrowser("Bulla", { "Revenez à Bulla." }, { url ->
            scope.launch {
                val callback = Deployment.browse("$url", someone, allow = true)
                // Others on this machine call, too.
                pages += get(callback.substringBefore('?') + "?code=stolen&state=unknown")
                pages += get(callback.replace("/callback", "/elsewhere"))
                pages += get(callback)
            }
            true
        })
        val app = AppModel(bulla, scope, SettingsFile(folder.resolve("settings.properties")), browser)
        atEnd {
            app.close()
            bulla.close()
            scope.cancel()
        }
        val model = app.signIn()
        model.setServer(homeserver)
        inTime("the browser") { model.browse().join() }
        assertNull(model.state.value.problem)
        inTime("signed in") { app.state.first { it.current?.user == someone.id } }
        inTime("the pages") { while (pages.size < 3) yield() }
        assertEquals(listOf(200, 404, 200), pages.map { it.statusCode() })
        assertEquals("Revenez à Bulla.", pages.last().body())
    }

    @Test
    fun listensOnlyWhileItWaits() = story {
        val visit = DesktopBrowser("Bulla", { "" }, { false }).visit()
        assertTrue(visit.callback.startsWith("http://127.0.0.1:"))
        var told = false
        // A desktop without a browser: there is nothing to wait for.
        visit.open("https://example.org/").collect { told = true }
        assertFalse(told)
        visit.close()
        inTime("nobody listens any more") { while (runCatching { get(visit.callback) }.isSuccess) yield() }
    }

    @Test
    fun readsWhatADeploymentGives() {
        val file = folder.resolve("trust.properties")
        Files.writeString(file, "keys = one two\nmanifest = a.b.c\n")
        assertEquals(listOf("one", "two") to "a.b.c", TrustFile.read(file).run { keys to manifest })
        Files.writeString(file, "manifest = a.b.c\n")
        assertThrows(IOException::class.java) { TrustFile.read(file) }
        assertThrows(IOException::class.java) { TrustFile.read(folder.resolve("none")) }
    }

    private fun get(url: String): HttpResponse<String> = http.send(HttpRequest.newBuilder(URI(url)).build(), BodyHandlers.ofString())
}
