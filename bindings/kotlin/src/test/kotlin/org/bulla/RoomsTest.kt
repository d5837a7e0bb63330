package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.model.Link
import org.bulla.model.Member
import org.bulla.model.MemberRole
import org.bulla.model.Membership
import org.bulla.model.Missing
import org.bulla.model.Person
import org.bulla.model.RoomFilter
import org.bulla.model.RoomKind
import org.bulla.model.RoomListChange
import org.bulla.model.RoomSummary
import org.bulla.model.RoomTitle
import org.bulla.support.Agent
import org.bulla.support.Conversation
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.missing
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Rooms: making them, coming in, going out, finding them. */
class RoomsTest {
    @Test
    fun `a group is made, named, joined, left and forgotten`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Budget", "What it costs", listOf(bob.id)))
        val hers = alice.open(room)
        val made = alice.room("the group") { it.id == room && it.title == RoomTitle.Named("Budget") }
        assertEquals("What it costs", hers.room.summary().topic)
        assertEquals(RoomKind.PRIVATE to true, made.kind to made.encrypted)

        val invitation = bob.list(RoomFilter.INVITATIONS) { it.any { row -> row.id == room } }.single()
        assertEquals(alice.id to Membership.INVITED, invitation.invitedBy to invitation.membership)
        bob.session.join(room)
        bob.room("he is in") { it.id == room && it.membership == Membership.JOINED }
        alice.room("two are in") { it.id == room && it.members == 2u }
        val members = hers.members { all -> all.all { it.membership == Membership.JOINED } }
        assertEquals(listOf(alice.id, bob.id), members.map { it.user })
        assertTrue(members[0].role in setOf(MemberRole.CREATOR, MemberRole.ADMINISTRATOR))
        assertEquals(MemberRole.PARTICIPANT, members[1].role)

        hers.room.setName("Budget 2027")
        hers.room.setTopic("What it will cost")
        bob.room("the new name and topic") {
            it.id == room && it.title == RoomTitle.Named("Budget 2027") && it.topic == "What it will cost"
        }
        val his = bob.open(room)
        assertEquals("M_FORBIDDEN", fails<Failure.Rejected> { his.room.setName("Mine") }.code)

        bob.session.leave(room)
        bob.list { rows -> rows.none { it.id == room } }
        hers.members { all -> all.none { it.user == bob.id && it.membership == Membership.JOINED } }
        bob.session.forget(room)
        missing(Missing.ROOM) { bob.session.room(room) }
    }

    @Test
    fun `an empty topic is none`() = story {
        val alice = agent()
        val room = alice.session.createGroup(GroupDraft("Group", "A topic"))
        alice.room("the topic") { it.id == room && it.topic == "A topic" }
        alice.open(room).room.setTopic("")
        alice.room("no topic") { it.id == room && it.topic == null }
    }

    @Test
    fun `an invitation is declined`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createGroup(GroupDraft("Not for him"))
        val hers = alice.open(room)
        hers.room.invite(bob.id)
        bob.room("invitation") { it.id == room && it.membership == Membership.INVITED }
        bob.session.decline(room)
        bob.list { rows -> rows.none { it.id == room } }
        alice.live()
        hers.members { all -> all.none { it.user == bob.id && it.membership == Membership.INVITED } }
        bob.session.forget(room)
        missing(Missing.ROOM) { bob.session.room(room) }
    }

    @Test
    fun `lists are filtered`() = story {
        val (alice, bob, direct) = two()
        val group = alice.session.createGroup(GroupDraft("Group", invite = listOf(bob.id)))
        bob.accept(group)
        val hers = alice.open(group)
        alice.list { rows -> rows.map { it.id }.toSet() == setOf(direct, group) }
        alice.list(RoomFilter.PEOPLE) { rows -> rows.map { it.id } == listOf(direct) }
        alice.list(RoomFilter.ROOMS) { rows -> rows.map { it.id } == listOf(group) }
        alice.list(RoomFilter.INVITATIONS) { it.isEmpty() }

        alice.list(RoomFilter.FAVOURITES) { it.isEmpty() }
        hers.room.setFavourite(true)
        alice.list(RoomFilter.FAVOURITES) { rows -> rows.map { it.id } == listOf(group) && rows[0].favourite }
        hers.room.setFavourite(false)
        alice.list(RoomFilter.FAVOURITES) { it.isEmpty() }

        hers.room.setMuted(true)
        alice.room("muted") { it.id == group && it.muted }
        hers.room.setMuted(false)
        alice.room("not muted") { it.id == group && !it.muted }

        bob.open(direct).timeline.sendText("unread")
        alice.list(RoomFilter.UNREAD) { rows -> rows.map { it.id } == listOf(direct) }
        alice.open(direct).run {
            text("unread")
            timeline.markRead()
        }
        alice.list(RoomFilter.UNREAD) { it.isEmpty() }
    }

    @Test
    fun `a list grows by pages and takes another filter`() = story {
        val alice = agent()
        val rooms = (1..5).map { alice.session.createGroup(GroupDraft("Group $it")) }
        alice.list { it.size == 5 }
        val (pager, batches) = RoomPager() to mutableListOf<List<RoomListChange>>()
        var rows = emptyList<RoomSummary>()
        inTime("three pages, then none") {
            alice.session.roomChanges(RoomFilter.ALL, 2u, pager).first { batch ->
                batches += batch
                rows = batch.applyTo(rows)
                when {
                    batch.any { it is RoomListChange.Reset && it.total == 0u } -> true
                    rows.size == 5 -> false.also { pager.setFilter(RoomFilter.INVITATIONS) }
                    else -> false.also { pager.more() }
                }
            }
        }
        val first = batches.first().single() as RoomListChange.Reset
        assertEquals(2 to 5u, first.items.size to first.total)
        assertEquals(emptyList<Any>(), rows)
        assertEquals(rooms.toSet(), alice.list { it.size == 5 }.map { it.id }.toSet())
        assertEquals(2, inTime("a page") { alice.session.roomList(page = 2u).first() }.size)
    }

    @Test
    fun `rooms are found by what they are called`() = story {
        val alice = agent()
        val crisis = alice.session.createGroup(GroupDraft("Cellule de crise", "Séance à 16 h"))
        alice.session.createGroup(GroupDraft("Budget"))
        alice.list { it.size == 2 }
        val pager = RoomPager()
        val sizes = mutableListOf<Int>()
        inTime("one, then both") {
            alice.session.roomList(pager = pager).first { rows ->
                sizes += rows.size
                when (sizes.size) {
                    1 -> false.also { pager.setSearch("SEANCE") }
                    2 -> (rows.single().id != crisis).also { pager.setSearch("") }
                    else -> rows.size == 2
                }
            }
        }
        assertEquals(listOf(2, 1, 2), sizes)
        // What was set before a list is collected holds for it.
        val earlier = RoomPager().apply { setSearch("SEANCE") }
        inTime("the one") { alice.session.roomList(pager = earlier).first { rows -> rows.singleOrNull()?.id == crisis } }
    }

    @Test
    fun `a room is followed`() = story {
        val alice = agent()
        val room = alice.session.room(alice.session.createGroup(GroupDraft("Before")))
        room.use {
            room.setName("After")
            inTime("the name") { room.summaries().first { it.title == RoomTitle.Named("After") } }
        }
    }

    @Test
    fun `people are found and have names`() = story {
        val (alice, bob) = agent(0) to agent(1)
        alice.session.setDisplayName("Aïcha Benali")
        assertEquals(Person(alice.id, "Aïcha Benali", null), alice.session.profile())
        assertEquals(bob.id, alice.session.findPeople(bob.id, 10u).first().user)
        invalid(Field.NAME, FieldTrouble.EMPTY) { alice.session.setDisplayName(" ") }
    }

    @Test
    fun `links lead somewhere or are refused`() {
        assertEquals(Link.Person("@jean:a.example"), parseLink("https://matrix.to/#/@jean:a.example"))
        assertEquals(Link.Alias("#crise:a.example", null), parseLink("bulla:r/crise:a.example"))
        val failure = assertThrows(Failure.Invalid::class.java) { parseLink("javascript:alert(1)") }
        assertEquals(Field.LINK to FieldTrouble.MALFORMED, failure.field to failure.why)
    }

    @Test
    fun `there is one direct conversation with a person`() = story {
        val (alice, bob) = agent(0) to agent(1)
        val room = alice.session.createDirect(bob.id)
        assertEquals(room, alice.session.createDirect(bob.id))
        bob.room("invitation") { it.id == room }
        assertEquals(room, bob.session.createDirect(alice.id), "he comes in where he is invited")
        alice.room("both are in") { it.id == room && it.members == 2u }
    }

    @Test
    fun `a new device is signed by its owner`() = story {
        val identity = agent().session.identity()
        assertTrue(identity.crossSigning)
        assertTrue(identity.deviceSigned)
    }

    @Test
    fun `what is not acceptable is named`() = story {
        val alice = agent()
        val session = alice.session
        val room = session.room(session.createGroup(GroupDraft("Group")))
        missing(Missing.ROOM) { session.room("!nowhere:example.org") }
        invalid(Field.ROOM, FieldTrouble.MALFORMED) { session.room("nowhere") }
        invalid(Field.USER, FieldTrouble.MALFORMED) { session.createDirect("bob") }
        invalid(Field.NAME, FieldTrouble.EMPTY) { session.createGroup(GroupDraft(" ")) }
        invalid(Field.NAME, FieldTrouble.TOO_LONG) { room.setName("x".repeat(256)) }
        invalid(Field.TOPIC, FieldTrouble.TOO_LONG) { room.setTopic("x".repeat(1_001)) }
        fails<Failure.Invalid> { session.rooms(RoomFilter.ALL, 0u) }
        room.timeline().use { timeline ->
            invalid(Field.TEXT, FieldTrouble.EMPTY) { timeline.sendText("") }
            missing(Missing.EVENT) { timeline.reply("nothing", "text") }
            fails<Failure.Invalid> { timeline.paginateBack(0u) }
        }
        room.close()
    }
}

/** Waits for a list. */
private suspend fun Agent.list(filter: RoomFilter = RoomFilter.ALL, wanted: (List<RoomSummary>) -> Boolean): List<RoomSummary> =
    list("a list of $filter", filter) { it.takeIf(wanted) }

/** Asks for the members whenever the conversation changes, until they are as wanted. */
private suspend fun Conversation.members(wanted: (List<Member>) -> Boolean): List<Member> =
    inTime("members") {
        var members = emptyList<Member>()
        timeline.rows().first { room.members().also { members = it }.let(wanted) }
        members
    }
