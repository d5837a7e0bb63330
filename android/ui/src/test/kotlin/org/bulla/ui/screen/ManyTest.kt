@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasScrollToIndexAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToIndex
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.runDesktopComposeUiTest
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.TimeSource
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.model.RoomFilter
import org.bulla.model.TimelineItem
import org.bulla.support.story
import org.bulla.ui.ManyRooms
import org.bulla.ui.done
import org.bulla.ui.model.Route
import org.bulla.ui.newcomer
import org.bulla.ui.person
import org.bulla.ui.theme.Brand
import org.bulla.ui.until
import org.bulla.ui.words.FrenchWords
import org.bulla.ui.words.title
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Much of everything: rooms, and messages a second. */
class ManyTest {
    @Test
    fun fiveThousandRoomsAreListedScrolledAndSearched() = story(10.minutes) {
        val server = ManyRooms(ROOMS).also { atEnd { it.close() } }
        val first = newcomer()
        first.app.start().done("the start")
        first.signInAs(server.user)
        for (count in 250..ROOMS step 250) first.rooms.state.until("$count rooms") { it.total >= count }
        // From the store alone: the server is gone.
        val person = first.restart().also { atEnd(it::end) }
        server.close()
        person.app.start().done("the start")
        person.rooms.state.until("all rooms") { it.total == ROOMS && it.rows.isNotEmpty() }
        runDesktopComposeUiTest(TABLET.width, TABLET.height) {
            setContent { BullaApp(person.app, Brand.BULLA, INTER) }
            val list = hasScrollToIndexAction()
            waitUntil("the list", 60_000) { onAllNodes(list).fetchSemanticsNodes().isNotEmpty() }
            // Ever further down, a page at a time, as a finger would.
            while (person.rooms.state.value.rows.size < ROOMS) {
                val before = person.rooms.state.value.rows.size
                onNode(list).performScrollToIndex(before - 1)
                waitUntil("more than $before rows", 60_000) { person.rooms.state.value.rows.size > before }
                // The model has them before the list is drawn with them.
                waitForIdle()
            }
            onNode(list).performScrollToIndex(ROOMS - 1)
            val last = person.rooms.state.value.rows.last()
            val row = hasContentDescription(FrenchWords.title(last), substring = true) and hasClickAction()
            waitUntil("the last row, ${FrenchWords.title(last)}", 60_000) { onAllNodes(row).fetchSemanticsNodes().isNotEmpty() }
            onNode(row).performClick()
            waitForIdle()
            assertEquals(Route.Conversation(last.id), person.app.state.value.here)
            onNodeWithContentDescription(FrenchWords.searchConversations).performTextInput("${ROOMS / 2}")
            waitUntil("the one that is searched", 60_000) { person.rooms.state.value.rows.singleOrNull()?.id == "!room${ROOMS / 2}:many.example" }
        }
    }

    @Test
    fun tenMessagesASecondDropNoTap() = story(10.minutes) {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        person.rooms.state.until("both are in") { state -> state.rows.any { it.id == room && it.members == 2u } }
        val his = bilal.open(room)
        val model = person.open(room)
        val taps = mutableListOf<RoomFilter>()
        val seen = mutableListOf<RoomFilter>()
        var slowest = 0L
        coroutineScope {
            val talking = async(Dispatchers.Default) {
                repeat(MESSAGES) {
                    his.timeline.sendText("message $it")
                    delay(100.milliseconds)
                }
            }
            runDesktopComposeUiTest(TABLET.width, TABLET.height) {
                setContent { BullaApp(person.app, Brand.BULLA, INTER) }
                val composer = hasContentDescription(FrenchWords.write) and hasSetTextAction()
                waitUntil("the composer", 60_000) { onAllNodes(composer).fetchSemanticsNodes().isNotEmpty() }
                var letters = 0
                fun arrived() = model.state.value.rows.count { it.said?.startsWith("message ") == true }
                var known = 0
                var moved = TimeSource.Monotonic.markNow()
                while (!talking.isCompleted || arrived() < MESSAGES) {
                    val (filter, name) = if (taps.size % 2 == 0) RoomFilter.PEOPLE to FrenchWords.filterPeople else RoomFilter.ALL to FrenchWords.filterAll
                    taps += filter
                    val began = System.nanoTime()
                    onNode(hasText(name) and hasClickAction()).performClick()
                    waitForIdle()
                    slowest = maxOf(slowest, (System.nanoTime() - began) / 1_000_000)
                    seen += person.rooms.state.value.filter
                    onNode(composer).performTextInput("x")
                    letters += 1
                    if (arrived() > known) moved = TimeSource.Monotonic.markNow()
                    known = arrived()
                    check(moved.elapsedNow() < 1.minutes) { "only $known of $MESSAGES messages came" }
                }
                waitForIdle()
                assertEquals("x".repeat(letters), model.state.value.draft)
            }
        }
        println("${taps.size} taps while $MESSAGES messages came, the slowest took $slowest ms")
        assertEquals(taps, seen)
        assertEquals((0 until MESSAGES).map { "message $it" }, model.state.value.rows.mapNotNull { it.said }.filter { it.startsWith("message ") })
    }

    private companion object {
        const val ROOMS = 5_000

        /** Ten a second: for 15 s, or for as long as `BULLA_SECONDS` says. */
        val MESSAGES = 10 * (System.getenv("BULLA_SECONDS")?.toInt() ?: 15)
    }
}

private val TimelineItem.said: String? get() = ((content as? ItemContent.Event)?.event?.body as? MessageBody.Text)?.plain
