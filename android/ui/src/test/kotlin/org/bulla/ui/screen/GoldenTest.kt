package org.bulla.ui.screen

import java.io.File
import kotlin.math.abs
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.SilentBrowser
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.person
import org.bulla.ui.until
import org.bulla.ui.model.Language
import org.bulla.ui.model.Route
import org.bulla.ui.model.Settings
import org.bulla.ui.model.Theme
import org.bulla.ui.theme.Brand
import org.jetbrains.skia.Image
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A few screens look as they did: those that show no time and no name of a test. `-Dbulla.goldens=write` keeps new ones. */
class GoldenTest {
    @Test
    fun screensLookAsTheyDid() = story {
        val newcomer = newcomer(browser = SilentBrowser)
        newcomer.app.start().done("the start")
        newcomer.compare("welcome-fr", PHONE, Settings(Language.FRENCH, Theme.LIGHT))
        newcomer.compare("welcome-en-dark-200", SMALL_PHONE, Settings(Language.ENGLISH, Theme.DARK, 200))
        newcomer.app.go(Route.SignIn)
        newcomer.app.signIn().setServer("agents.gouv.example")
        newcomer.compare("signin-fr-contrast", PHONE, Settings(Language.FRENCH, Theme.CONTRAST))
        val person = person()
        person.rooms.state.until("an empty list") { it.empty }
        person.compare("empty-fr-tablet", TABLET, Settings(Language.FRENCH, Theme.LIGHT))
        person.app.go(Route.NewConversation())
        person.compare("new-en-dark", PHONE, Settings(Language.ENGLISH, Theme.DARK))
        person.app.go(Route.Storage)
        checkNotNull(person.app.storage()).state.until("nothing is kept") { it.storage?.files == 0u && !it.busy }
        person.compare("storage-fr", PHONE, Settings(Language.FRENCH, Theme.LIGHT))
    }

    private fun Person.compare(name: String, device: Device, settings: Settings) {
        app.set(settings)
        Canvas(device) { BullaApp(app, Brand("Messagerie des agents", 0x2A4FB8), INTER) }.use { canvas ->
            canvas.settle()
            val file = File("src/test/goldens/$name.png")
            if (System.getProperty("bulla.goldens") == "write") return canvas.save(file)
            val (now, before) = canvas.pixels() to Image.makeFromEncoded(file.readBytes()).pixels()
            assertEquals(before.size, now.size, name)
            val other = now.indices.count { differs(now[it], before[it]) }
            if (other > now.size * TOLERANCE) {
                val seen = File(System.getProperty("bulla.pictures"), "not-golden-$name.png")
                canvas.save(seen)
                assertTrue(false) { "$name: $other of ${now.size} pixels differ: see $seen" }
            }
        }
    }

    /** A blinking cursor and the smoothing of letters may differ, a colour or a place may not. */
    private fun differs(one: Int, other: Int) = listOf(16, 8, 0).any { abs((one shr it and 0xFF) - (other shr it and 0xFF)) > 24 }

    private companion object {
        const val TOLERANCE = 0.002
    }
}
