package org.bulla.ui

import java.time.Instant
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.Place
import org.bulla.model.RoomAction
import org.bulla.model.RoomFilter
import org.bulla.model.RoomKind
import org.bulla.support.Stage
import org.bulla.support.inTime
import org.bulla.ui.model.Route
import org.bulla.ui.model.beginSpace

/** Someone in front of what rooms are beside talking: spaces, settings, a room that took another's place, what is sent later, places, commands; then [look] sees it. */
suspend fun Stage.rooming(look: suspend Person.(String) -> Unit) {
    val me = Person(places = { Place(48_856_600, 2_352_200, 12u) }).also { atEnd(it::end) }.signIn().live()
    me.rooms.setFilter(RoomFilter.SPACES)
    me.rooms.state.until("no space") { it.empty }
    me.look("spaces-none")
    val space = me.session.createGroup(GroupDraft("Préfecture du Nord", "Tout ce qui concerne la préfecture", listOf(), kind = RoomKind.SPACE))
    val inner = me.session.createGroup(GroupDraft("Service de permanence", null, listOf(), kind = RoomKind.SPACE))
    val forum = me.session.createGroup(GroupDraft("Cantine", "Les menus de la semaine", listOf(), kind = RoomKind.FORUM))
    val project = me.session.createGroup(GroupDraft("Projet Alpha", null, listOf()))
    me.session.room(space).use { hers -> for (room in listOf(forum, inner)) hers.addChild(room) }
    me.rooms.state.until("both spaces") { it.rows.size == 2 }
    me.look("spaces")
    me.app.openSpace(space)
    val model = checkNotNull(me.app.space(space))
    inTime("what it holds") { while (model.state.value.rooms.size != 2) model.again().join() }
    model.state.until("it may be filled") { it.may(RoomAction.CHANGE_CHILDREN) }
    me.look("space")
    model.chooseRooms().done("choosing")
    me.look("space-add")
    model.stopChoosing()
    me.app.beginSpace()
    me.look("space-new")
    me.rooms.setFilter(RoomFilter.ALL)
    for ((room, name) in listOf(project to "room-settings", forum to "room-settings-forum")) {
        me.app.openRoom(room)
        me.app.go(Route.RoomSettings(room))
        checkNotNull(me.app.roomSettings(room)).state.until("what one may") { RoomAction.UPGRADE in it.abilities && it.summary != null }
        me.look(name)
    }
    composing(me, forum, look)
    me.app.openRoom(project)
    me.app.go(Route.RoomSettings(project))
    val settings = checkNotNull(me.app.roomSettings(project))
    settings.state.until("it may be moved") { it.may(RoomAction.UPGRADE) }
    settings.upgrade().done("moving")
    val next = (me.app.state.value.here as Route.Conversation).room
    me.open(next).run {
        state.until("where it comes from") { it.summary?.predecessor == project }
        state.until("its rows") { !it.loading }
        inTime("its beginning") { while (!state.value.atStart) older().join() }
    }
    me.look("upgraded")
    me.open(project).state.until("where it goes on") { it.summary?.successor == next && it.rows.any { row -> row.content is ItemContent.Event } }
    me.look("upgraded-before")
    me.app.home()
}

private suspend fun composing(me: Person, forum: String, look: suspend Person.(String) -> Unit) {
    val model = me.open(forum)
    model.state.until("what one may") { it.may(RoomAction.INVITE) }
    model.setDraft("/")
    me.look("commands")
    model.setDraft("/topik la cantine")
    model.send().done("the question")
    me.look("command-unknown")
    model.commands.answerSeen()
    model.setDraft("/help")
    model.send().done("help")
    me.look("command-help")
    model.commands.answerSeen()
    model.beginPlace().done("beginning")
    checkNotNull(model.state.value.placing).setText("48,8566 ; 2,3522")
    me.look("place")
    model.stopPlace()
    val scheduling = checkNotNull(model.scheduling)
    for (text in listOf("Le menu de lundi est affiché.", "Le menu de mardi est affiché.")) {
        model.setDraft(text)
        model.sendLater(Instant.now().plusSeconds(86_400)).done("scheduling")
    }
    scheduling.state.until("both wait") { it.waiting.size == 2 }
    model.setDraft("Le menu de mercredi suit.")
    me.look("scheduled")
    model.setDraft("")
}
