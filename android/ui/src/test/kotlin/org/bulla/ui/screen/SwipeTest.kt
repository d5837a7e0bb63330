@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.runDesktopComposeUiTest
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.support.story
import org.bulla.ui.model.Mode
import org.bulla.ui.person
import org.bulla.ui.theme.Brand
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** A message is answered by a finger that draws it along. */
class SwipeTest {
    @Test
    fun aMessageThatIsDrawnFarEnoughIsAnswered() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        bilal.open(room).timeline.sendText("à quelle heure ?")
        val model = person.open(room)
        val row = model.state.until("his message") { state -> state.rows.any { it.said == "à quelle heure ?" } }.rows.last { it.said != null }
        runDesktopComposeUiTest(PHONE.width, PHONE.height) {
            setContent { BullaApp(person.app, Brand.BULLA, INTER) }
            val message = hasText("à quelle heure ?", substring = true)
            waitUntil("the message", 60_000) { onAllNodes(message).fetchSemanticsNodes().isNotEmpty() }
            fun draw(by: Float) {
                onAllNodes(message).onFirst().performTouchInput {
                    down(center)
                    repeat(10) { moveBy(Offset(by / 10, 0f)) }
                    up()
                }
                waitForIdle()
            }
            draw(50f)
            assertEquals(Mode.Write, model.state.value.mode, "not far enough")
            draw(-200f)
            assertEquals(Mode.Write, model.state.value.mode, "the other way")
            draw(200f)
            assertEquals(row.id, (model.state.value.mode as? Mode.Reply)?.item)
        }
    }
}

private val org.bulla.model.TimelineItem.said: String? get() = ((content as? ItemContent.Event)?.event?.body as? MessageBody.Text)?.plain
