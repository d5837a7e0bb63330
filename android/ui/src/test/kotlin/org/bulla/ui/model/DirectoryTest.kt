package org.bulla.ui.model

import org.bulla.model.GroupDraft
import org.bulla.model.Membership
import org.bulla.model.RoomKind
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Rooms that one is not in, on the screens' models. */
class DirectoryTest {
    @Test
    fun findsAForumAndJoinsIt() = story {
        val (person, bilal) = person() to agent(0)
        val name = "Forum ${bilal.id.substring(1, 12)}"
        val room = bilal.session.createGroup(GroupDraft(name, null, listOf(), kind = RoomKind.FORUM))
        person.app.go(Route.Directory)
        val model = checkNotNull(person.app.directory(Route.Directory))
        model.setSearch(name)
        inTime("it is listed") {
            while (model.state.value.rooms.none { it.id == room }) model.again().join()
        }
        model.join(model.state.value.rooms.single { it.id == room }).done("joining")
        assertEquals(Route.Conversation(room), person.app.state.value.here)
        person.rooms.state.until("it is in the list") { state -> state.rows.any { it.id == room && it.membership == Membership.JOINED } }
    }

    @Test
    fun asksToComeInThroughALink() = story {
        val (person, bilal) = person() to agent(1)
        val room = bilal.session.createGroup(GroupDraft("Projet", null, listOf()))
        val hers = bilal.open(room).room
        hers.setKnocking(true)
        val server = bilal.id.substringAfter(':')
        person.app.openLink("https://matrix.to/#/$room?via=$server").done("the link")
        val here = person.app.state.value.here
        val model = checkNotNull(person.app.directory(here))
        val offer = model.state.until("the room") { it.rooms.isNotEmpty() }.rooms.single()
        model.knock(offer, "Pour le projet").done("asking")
        model.state.until("it is asked") { room in it.asked }
        inTime("they see it") { while (hers.knocking().map { it.user } != listOf(person.user.id)) Unit }
        hers.answerKnock(person.user.id, true)
        person.rooms.state.until("the invitation") { it.invitations == 1 }
    }
}
