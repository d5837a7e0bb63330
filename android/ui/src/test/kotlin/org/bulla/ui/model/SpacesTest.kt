package org.bulla.ui.model

import org.bulla.model.GroupDraft
import org.bulla.model.MemberRole
import org.bulla.model.Membership
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomFilter
import org.bulla.model.RoomKind
import org.bulla.support.inTime
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.bulla.ui.words.FrenchWords
import org.bulla.ui.words.whyNot
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Spaces on the screens' models. */
class SpacesTest {
    @Test
    fun makesASpaceAndFillsIt() = story {
        val person = person()
        val forum = person.session.createGroup(GroupDraft("Cantine", null, listOf(), kind = RoomKind.FORUM))
        person.app.beginSpace()
        val making = checkNotNull(person.app.newConversation(Route.NewGroup))
        assertEquals(RoomKind.SPACE, making.state.value.kind)
        making.setGroupName("Direction")
        making.createGroup().done("creating")
        val here = person.app.state.value.here as Route.Space
        person.rooms.state.until("conversations, and no space among them") { state -> state.rows.any { it.id == forum } && state.rows.none { it.id == here.room } }
        person.rooms.setFilter(RoomFilter.SPACES)
        person.rooms.state.until("the space alone") { state -> state.rows.map { it.id } == listOf(here.room) }
        val model = checkNotNull(person.app.space(here.room))
        model.state.until("it may be filled") { !it.loading && it.may(RoomAction.CHANGE_CHILDREN) }
        model.chooseRooms().done("choosing")
        assertEquals(listOf(forum), model.state.value.addable?.map { it.id })
        model.add(listOf(forum)).done("adding")
        assertNull(model.state.value.addable)
        inTime("it is in it") { while (model.state.value.rooms.map { it.room.id } != listOf(forum)) model.again().join() }
        assertEquals(Membership.JOINED, model.state.value.rooms.single().room.membership)
        model.chooseRooms().done("choosing again")
        assertEquals(emptyList<String>(), model.state.value.addable?.map { it.id }, "what is in it already is not offered")
        model.stopChoosing()
        model.open(model.state.value.rooms.single().room)
        assertEquals(Route.Conversation(forum), person.app.state.value.here)
        person.app.openSpace(here.room)
        val again = checkNotNull(person.app.space(here.room))
        again.remove(forum).done("taking it out")
        inTime("it is out of it") { while (again.state.value.rooms.isNotEmpty()) again.again().join() }
        assertNull(again.state.value.problem)
    }

    @Test
    fun comesInFromASpaceOfAnotherServer() = story {
        val (person, bilal) = person() to agent(1)
        val space = bilal.session.createGroup(GroupDraft("Préfecture", null, listOf(person.user.id), kind = RoomKind.SPACE))
        val forum = bilal.session.createGroup(GroupDraft("Cantine", null, listOf(), kind = RoomKind.FORUM))
        val closed = bilal.session.createGroup(GroupDraft("Astreinte", null, listOf()))
        bilal.session.room(closed).use { it.setKnocking(true) }
        bilal.session.room(space).use { hers -> for (room in listOf(forum, closed)) hers.addChild(room) }
        person.rooms.state.until("the invitation") { it.invitations == 1 }
        person.rooms.accept(space).done("accepting")
        person.app.openSpace(space)
        val model = checkNotNull(person.app.space(space))
        inTime("what one may see of it") { while (model.state.value.rooms.none { it.room.id == forum } || model.state.value.rooms.none { it.room.id == closed }) model.again().join() }
        // Its levels come a moment after the space.
        val said = model.state.until("why nothing may be added") { (it.abilities[RoomAction.CHANGE_CHILDREN] as? Refusal.NeedsRole)?.role == MemberRole.ADMINISTRATOR }
        val refused = said.abilities.getValue(RoomAction.CHANGE_CHILDREN)
        assertTrue("Administrateur" in FrenchWords.whyNot(refused).orEmpty(), FrenchWords.whyNot(refused))
        model.knock(model.state.value.rooms.single { it.room.id == closed }.room, "Pour l’astreinte").done("asking")
        assertEquals(setOf(closed), model.state.value.asked)
        model.join(model.state.value.rooms.single { it.room.id == forum }.room).done("coming in")
        assertEquals(Route.Conversation(forum), person.app.state.value.here)
        person.rooms.state.until("it is in the list") { state -> state.rows.any { it.id == forum && it.membership == Membership.JOINED } }
    }
}
