package org.bulla.app

import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performScrollTo
import androidx.test.core.app.ActivityScenario
import java.io.File
import kotlin.time.TimeSource
import org.bulla.model.RoomKind
import org.bulla.ui.words.FrenchWords
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** A person's first ten minutes on a phone, by touch, as `cargo xtask minutes` plays them on the desktop. Touches and waits are counted. */
@RunWith(RobolectricTestRunner::class)
class MinutesTest {
    @get:Rule val phone = Phone()
    private val hand = Hand(phone)
    private val words = FrenchWords
    private val lines = mutableListOf<Triple<String, Int, Long>>()

    /** Does [work], which ends when the screen, or the colleague, shows it. */
    private fun <T> step(name: String, work: () -> T): T {
        val (touched, began) = hand.steps to TimeSource.Monotonic.markNow()
        return work().also { lines += Triple(name, hand.steps - touched, began.elapsedNow().inWholeMilliseconds) }
    }

    @Test @Config(qualifiers = "fr-w411dp-h891dp-mdpi") fun theFirstTenMinutes() {
        val (colleague, network) = phone.await("a colleague and a network") { phone.stage.agent(1) to phone.stage.proxy(0) }
        val name = colleague.id.drop(1).substringBefore(':')
        val talk = ActivityScenario.launch(MainActivity::class.java).use {
            step("first start") { hand.sees(hasText(words.welcomeTitle)) }
            step("sign-in") { hand.signsIn(words, network.url) }
            step("the colleague is found") {
                hand.taps(hasContentDescription(words.newConversation) or hasText(words.newConversation))
                hand.types(words.searchPeople, colleague.id)
                hand.taps(hasText(colleague.id, substring = true) and !hasSetTextAction())
                hand.sees(hasContentDescription(words.write) and hasSetTextAction())
            }
            val talk = step("first message, read by the colleague") {
                hand.writes(words, "Bonjour, as-tu deux minutes ?")
                hand.taps(hasContentDescription(words.send))
                hand.sees(hasText("Bonjour, as-tu deux minutes ?", substring = true))
                val room = phone.await("the colleague is invited") { colleague.room("the invitation") { room -> room.kind == RoomKind.DIRECT }.id }
                phone.await("the colleague comes in") { colleague.accept(room) }
                phone.await("the colleague reads it") {
                    colleague.open(room).also { it.timeline.paginateBack(20u); it.text("Bonjour, as-tu deux minutes ?") }
                }
            }
            step("the reply") {
                phone.await("the colleague answers") { talk.timeline.sendText("Oui, tout de suite") }
                hand.sees(hasText("Oui, tout de suite", substring = true))
            }
            step("the network is lost") {
                phone.await("cutting it") { network.refuse() }
                hand.sees(hasText(words.serviceSilent))
            }
            step("written without a network") {
                hand.writes(words, "Je suis dans le tunnel")
                hand.taps(hasContentDescription(words.send))
                hand.sees(hasText("Je suis dans le tunnel", substring = true))
            }
            step("the network is back, the colleague reads it") {
                phone.await("healing it") { network.heal() }
                hand.misses(hasText(words.serviceSilent))
                phone.await("the colleague reads it") { talk.text("Je suis dans le tunnel") }
            }
            talk
        }
        phone.await("the process ends") { phone.app.startAgain() }
        ActivityScenario.launch(MainActivity::class.java).use {
            step("started again") { hand.sees(hasContentDescription(name, substring = true)) }
            step("one more message") {
                hand.taps(hasContentDescription(name, substring = true))
                hand.sees(hasText("Je suis dans le tunnel", substring = true))
                hand.writes(words, "Me voici de nouveau")
                hand.taps(hasContentDescription(words.send))
                phone.await("the colleague reads it") { talk.text("Me voici de nouveau") }
            }
            step("signed out") {
                hand.taps(hasContentDescription(words.back))
                hand.taps(hasContentDescription(words.settings))
                hand.sees(hasText(words.signOut)).performScrollTo()
                hand.taps(hasText(words.signOut))
                hand.sees(hasText(words.signOutText))
                hand.tapsLast(hasText(words.signOut))
                hand.sees(hasText(words.welcomeTitle))
            }
            assertEquals(emptyList<Any>(), phone.model.state.value.accounts)
        }
        val touched = lines.sumOf { it.second }
        val table = lines.joinToString("\n", "| step | touches | after |\n|---|---|---|\n", "\n| **all** | $touched | |\n") { (name, touches, ms) -> "| $name | $touches | $ms ms |" }
        File(System.getProperty("bulla.pictures.folder"), "android").run { mkdirs(); resolve("minutes.md").writeText(table) }
        println(table)
        assertTrue("$touched touches", touched <= MOST)
    }

    private companion object {
        /** Whoever adds a step to the way in has to mean it. */
        const val MOST = 22
    }
}
