package org.bulla

import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.MessageBody
import org.bulla.model.PollDraft
import org.bulla.support.Conversation
import org.bulla.support.Said
import org.bulla.support.fails
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Polls: asked, voted on, closed. */
class PollTest {
    @Test
    fun `a poll is asked, voted on and closed`() = story {
        val (alice, bob, room) = two()
        val (hers, his) = alice.open(room) to bob.open(room)
        hers.timeline.sendPoll(PollDraft("Quel jour ?", listOf("lundi", "mardi")))
        val asked = his.poll("the poll") { it.voters == 0u && it.answers.map { answer -> answer.text } == listOf("lundi", "mardi") }
        his.timeline.vote(asked.item, listOf("2"))
        val own = hers.poll("his vote") { poll -> poll.voters == 1u && poll.answers.map { it.votes } == listOf(0u, 1u) }
        assertEquals(Field.ANSWER, fails<Failure.Invalid> { his.timeline.vote(asked.item, listOf("9")) }.field)
        hers.timeline.closePoll(own.item)
        his.poll("its end") { poll -> poll.ended && poll.answers.single { it.mine }.id == "2" }
        assertEquals(Field.QUESTION, fails<Failure.Invalid> { hers.timeline.sendPoll(PollDraft(" ", listOf("a", "b"))) }.field)
    }

    private suspend fun Conversation.poll(what: String, wanted: (MessageBody.Poll) -> Boolean): Said = event(what) { event ->
        val body = event.body
        event.eventId != null && body is MessageBody.Poll && wanted(body)
    }
}
