package org.bulla.ui.screen

import androidx.compose.runtime.CompositionLocalProvider
import java.awt.Color
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.ItemContent
import org.bulla.model.MessageBody
import org.bulla.model.MessageDraft
import org.bulla.model.RoomFilter
import org.bulla.model.RoomId
import org.bulla.model.RoomKind
import org.bulla.model.SessionState
import org.bulla.support.Agent
import org.bulla.support.Conversation
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.support.inTime
import org.bulla.model.GroupDraft
import org.bulla.model.NetworkChange
import org.bulla.ui.Person
import org.bulla.ui.SilentBrowser
import org.bulla.ui.coding
import org.bulla.ui.done
import org.bulla.ui.entering
import org.bulla.ui.invitingByEmail
import org.bulla.ui.held
import org.bulla.ui.locking
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.person
import org.bulla.ui.photo
import org.bulla.ui.rooming
import org.bulla.ui.trust
import org.bulla.ui.until
import org.bulla.ui.model.Hold
import org.bulla.ui.model.Part
import org.bulla.ui.model.Route
import org.bulla.ui.model.Settings
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Every screen in its main states, drawn from what the real core says of the real servers: `cargo xtask pictures`. */
class PicturesTest {
    private val pictures = File(System.getProperty("bulla.pictures"))
    private val drawn = mutableListOf<String>()

    @Test
    fun everyScreenIsDrawn() = long {
        pictures.listFiles { file -> file.extension == "png" }?.forEach(File::delete)
        outside()
        entries()
        invitingByEmail { draw(it) }
        codes()
        holds()
        locks()
        versions()
        val town = town()
        lists(town)
        conversations(town)
        others(town)
        items()
        rooms()
        troubles(town)
        index()
        assertTrue(drawn.size >= 40, "only ${drawn.size} pictures")
    }

    /** Many screens take longer than a test's story. */
    private fun long(tell: suspend Stage.() -> Unit) = runBlocking(Dispatchers.Default) {
        val stage = Stage()
        try {
            stage.tell()
        } finally {
            stage.end()
        }
    }

    private suspend fun Stage.outside() {
        val newcomer = newcomer(browser = SilentBrowser)
        newcomer.app.start().done("the start")
        newcomer.draw("welcome")
        newcomer.draw("welcome", PHONE, DARK)
        newcomer.draw("welcome", SMALL_PHONE, HUGE)
        newcomer.draw("welcome", TABLET, ENGLISH)
        newcomer.app.go(Route.SignIn)
        newcomer.draw("signin")
        newcomer.draw("signin", SMALL_PHONE, HUGE)
        val user = Deployment.newUser(0)
        val model = newcomer.app.signIn()
        model.setServer(user.homeserver)
        model.setUser(user.localpart)
        model.setPassword("wrong")
        model.submit().done("the refusal")
        newcomer.draw("signin-wrong")
        newcomer.draw("signin-wrong", PHONE, CONTRAST)
        model.setServer("http://127.0.0.1:9")
        model.submit().done("no answer")
        newcomer.draw("signin-offline", PHONE, ENGLISH)
        newcomer.signInAs(user)
        newcomer.live()
        newcomer.rooms.state.until("an empty list") { it.empty }
        newcomer.draw("list-empty")
        newcomer.draw("list-empty", TABLET)
        newcomer.rooms.setFilter(RoomFilter.FAVOURITES)
        newcomer.draw("list-no-favourite", PHONE, DARK)
    }

    private suspend fun Stage.entries() = entering { step ->
        draw(step)
        if (step in setOf("entry-not-proven", "forgotten-sent", "entry-browser")) draw(step, SMALL_PHONE, HUGE)
        if (step in setOf("entry-password", "entry-browsing")) draw(step, PHONE, DARK)
        if (step == "entry-not-professional") draw(step, TABLET, ENGLISH)
    }

    private suspend fun Stage.codes() = coding { step ->
        draw(step)
        if (step in setOf("code-digits", "code-approval", "code-show", "code-enter", "link-code", "link-digits", "link-show-digits", "link-approve")) draw(step, SMALL_PHONE, HUGE)
        if (step in setOf("link-code", "code-digits")) draw(step, TABLET, DARK)
        if (step in setOf("code", "link-approve")) draw(step, PHONE, ENGLISH)
    }

    private suspend fun Stage.rooms() = rooming { step ->
        draw(step)
        if (step != "scheduled") draw(step, SMALL_PHONE, HUGE) else draw("schedule", PHONE, tap = 120 to 790)
        if (step in setOf("space", "room-settings", "command-help", "upgraded-before")) draw(step, TABLET, DARK)
        if (step in setOf("space-add", "room-settings-forum", "place")) draw(step, PHONE, ENGLISH)
    }

    private suspend fun Stage.locks() = locking { step ->
        draw("lock-$step")
        draw("lock-$step", SMALL_PHONE, HUGE)
        draw("lock-$step", TABLET, DARK)
        draw("lock-$step", PHONE, ENGLISH)
    }

    private suspend fun Stage.versions() {
        val office = office(Deployment.homeserver(0), "agent.example")
        for ((level, name) in listOf("mandatory" to "version-soon", "critical" to "version-over")) {
            val trust = office.trust {
                put("support", "https://help.agent.example/")
                putJsonObject("app_versions") { putJsonObject(level) { put("version", "99.0"); putJsonObject("text") {} } }
            }
            val person = newcomer(trust)
            person.app.start().done("the start")
            person.draw(name)
            person.draw(name, PHONE, ENGLISH)
            person.draw(name, SMALL_PHONE, HUGE)
        }
    }

    private suspend fun Stage.holds() = held { hold ->
        draw("hold-$hold".lowercase())
        draw("hold-$hold".lowercase(), PHONE, DARK)
        when (hold) {
            Hold.CHOOSE_PASSWORD -> {
                val model = checkNotNull(app.password())
                model.state.until("the policy") { it.policy != null }
                model.setOld("wrong")
                model.setNew("azerty2026")
                model.state.until("its strength") { it.strength != null }
                draw("hold-password-weak")
                draw("hold-password-weak", SMALL_PHONE, HUGE)
                model.setNew("girafe velours tambour 8")
                model.state.until("its strength") { it.strength?.score == 4u.toUByte() }
                model.submit().done("the refusal")
                draw("hold-password-wrong", PHONE, ENGLISH)
            }
            Hold.EXPIRED -> {
                val model = checkNotNull(app.renewal())
                model.sendMail().done("the mail")
                model.sendMail().done("a mail too many")
                draw("hold-expired-sent")
                draw("hold-expired-sent", SMALL_PHONE, HUGE)
                draw("hold-expired-sent", TABLET, ENGLISH)
            }
            Hold.ERASED -> draw("hold-erased", SMALL_PHONE, HUGE)
        }
    }

    /** Who lives in the pictures: one who looks, two colleagues, and what they have said. */
    private class Town(val me: Person, val bilal: Agent, val aicha: Agent, val direct: RoomId, val crisis: RoomId)

    private suspend fun Stage.town(): Town {
        val me = person(0)
        val bilal = agent(1)
        val aicha = agent(0)
        me.session.setDisplayName("Camille Laurent")
        bilal.session.setDisplayName("Bilal Haddad")
        aicha.session.setDisplayName("Aïcha Benali")
        me.session.setAvatar(photo(Color(0x3A, 0x6E, 0xA5), Color(0x9C, 0xC4, 0xE4)))
        bilal.session.setAvatar(photo(Color(0x2E, 0x7D, 0x5B), Color(0xB7, 0xE0, 0xC8)))
        bilal.live()
        aicha.live()
        val direct = me.session.createDirect(bilal.id)
        bilal.accept(direct)
        val crisis = me.session.createGroup(GroupDraft("Cellule de crise", "Coordination des préfectures, astreinte 24 h/24", listOf(bilal.id, aicha.id)))
        for (agent in listOf(bilal, aicha)) agent.accept(crisis)
        val long = me.session.createGroup(GroupDraft("Groupe de travail interministériel sur la simplification des démarches administratives", null, listOf()))
        me.session.createGroup(GroupDraft("Déménagement du 3e étage", null, listOf()))
        val hebrew = me.session.createGroup(GroupDraft("صالة الاجتماعات", null, listOf()))
        aicha.session.createGroup(GroupDraft("Projet Écritoire", null, listOf(me.user.id)))
        me.rooms.state.until("the invitation") { it.invitations == 1 }
        me.rooms.favourite(crisis, true).done("favourite")
        me.rooms.mute(long, true).done("mute")
        me.session.say(long, "Le compte rendu est dans le dossier partagé.")
        me.session.say(hebrew, "مرحبا، الاجتماع في القاعة 12 الساعة 16:00")
        talk(me, bilal, aicha, direct, crisis)
        return Town(me, bilal, aicha, direct, crisis)
    }

    private suspend fun org.bulla.Session.say(room: RoomId, text: String) = room(room).use { it.timeline().use { timeline -> timeline.sendText(text) } }

    private suspend fun talk(me: Person, bilal: Agent, aicha: Agent, direct: RoomId, crisis: RoomId) {
        val mine = Conversation(me.session.room(direct), me.session.room(direct).use { it.timeline() })
        val his = bilal.open(direct)
        mine.timeline.sendText("Bonjour Bilal, la réunion de crise est à **16 h**, salle Bercy.")
        his.text("Bonjour Bilal, la réunion de crise est à **16 h**, salle Bercy.")
        val asked = his.event("the meeting") { it.senderIs(me.user.id) && it.body is MessageBody.Text }
        his.timeline.reply(asked.item, "16 h, bien noté. J’apporte le dossier.")
        his.timeline.react(asked.item, "👍")
        his.timeline.sendText("Une question : faut-il prévenir la préfecture ?")
        mine.text("Une question : faut-il prévenir la préfecture ?")
        mine.timeline.sendText("Oui, dès maintenant : https://intranet.gouv.example/astreinte\n\n1. appeler le standard\n2. confirmer par écrit")
        his.event("the answer") { it.senderIs(me.user.id) && (it.body as? MessageBody.Text)?.plain?.startsWith("Oui") == true }
        his.timeline.markRead()
        mine.event("read") { event -> event.mine && event.readBy.any { it.user == bilal.id } }
        mine.timeline.close()
        mine.room.close()
        val theirs = aicha.open(crisis)
        me.session.say(crisis, "Point de situation à 17 h pour tout le monde.")
        theirs.text("Point de situation à 17 h pour tout le monde.")
        theirs.timeline.sendText("La préfecture du Nord est prévenue.")
        theirs.timeline.sendText("שלום, הפגישה בשעה 16:00 באולם ברסי")
        bilal.open(crisis).timeline.sendText("Je prends l’astreinte de nuit. ".repeat(6).trim())
        me.rooms.state.until("all was said") { state -> state.rows.find { it.id == crisis }?.unread == 3u }
    }

    private suspend fun lists(town: Town) = with(town) {
        me.draw("list")
        me.draw("list", SMALL_PHONE, HUGE)
        me.draw("list", PHONE, DARK)
        me.draw("list", PHONE, CONTRAST)
        me.draw("list", PHONE, ENGLISH)
        me.draw("list", TABLET)
        me.rooms.setFilter(RoomFilter.INVITATIONS)
        me.rooms.state.until("invitations only") { it.rows.size == 1 }
        me.draw("list-invitations")
        me.rooms.setFilter(RoomFilter.ALL)
        me.rooms.setSearch("zèbre")
        me.rooms.state.until("nothing") { it.empty }
        me.draw("list-nothing-found")
        me.rooms.setSearch("")
        me.rooms.state.until("all again") { it.rows.size > 4 }
        Unit
    }

    private suspend fun conversations(town: Town) = with(town) {
        me.app.openRoom(crisis)
        me.draw("group", PHONE) { it.rows.count { row -> row.content is ItemContent.Event } > 5 }
        me.draw("group", TABLET, DARK)
        me.draw("group", SMALL_PHONE, HUGE)
        val model = me.open(direct)
        model.state.until("the talk") { state -> state.rows.count { it.content is ItemContent.Event } > 5 }
        me.draw("direct")
        me.draw("direct", PHONE, DARK)
        me.draw("direct", PHONE, CONTRAST)
        me.draw("direct", SMALL_PHONE, HUGE)
        me.draw("direct", PHONE, ENGLISH)
        me.draw("direct", TABLET)
        me.draw("direct", TABLET, DARK)
        val last = model.state.value.rows.last { (it.content as? ItemContent.Event)?.event?.senderIs(bilal.id) == true }.id
        model.reply(last)
        me.draw("direct-reply")
        model.editLast()
        me.draw("direct-edit")
        model.stopReplyOrEdit()
        me.draw("direct-menu", PHONE, tap = 110 to 600)
        parts(town)
    }

    /** A thread, an announcement, what is pinned, a mention being written, forums. */
    private suspend fun parts(town: Town) = with(town) {
        val model = me.open(crisis)
        val theirs = aicha.open(crisis)
        theirs.timeline.send(MessageDraft("**Exercice d’évacuation jeudi à 15 h.** Merci de confirmer que vous avez lu la consigne.", announcement = true))
        val asked = theirs.event("the announcement") { it.announcement != null && it.eventId != null }
        val his = bilal.open(crisis)
        his.timeline.confirm(his.event("the announcement") { it.announcement != null }.item)
        val root = checkNotNull(asked.event.eventId)
        his.room.thread(root).use { thread -> thread.sendText("Le point de rassemblement est bien la cour ?") }
        model.state.until("an announcement with a thread") { state ->
            state.rows.any { row -> (row.content as? ItemContent.Event)?.event?.run { announcement?.confirmed?.size == 1 && threadSummary != null } == true }
        }
        val item = model.state.value.rows.last { (it.content as? ItemContent.Event)?.event?.announcement != null }.id
        model.pin(item, true).done("pinning")
        model.setDraft("Merci @b")
        model.state.until("a suggestion") { it.suggestions.isNotEmpty() }
        model.setAnnouncing(true)
        me.draw("group-announcement")
        me.draw("group-announcement", SMALL_PHONE, HUGE)
        me.draw("group-announcement", TABLET, ENGLISH)
        me.draw("group-announcement", PHONE, DARK)
        model.setAnnouncing(false)
        model.setDraft("")
        for ((name, part) in listOf("thread" to Part.Thread(root), "pinned" to Part.Pinned, "around" to Part.Around(root))) {
            val way = Route.Of(crisis, part)
            me.app.go(way)
            checkNotNull(me.app.part(way)).state.until(name) { it.rows.isNotEmpty() }
            me.draw(name)
            me.draw(name, PHONE, ENGLISH)
            me.app.back()
        }
        me.app.go(Route.Threads(crisis))
        checkNotNull(me.app.threads(crisis)).state.until("threads") { it.rows.isNotEmpty() }
        me.draw("threads")
        me.draw("threads", SMALL_PHONE, HUGE)
        me.app.home()
        aicha.session.createGroup(GroupDraft("Actualités du ministère", "Pour tous les agents", listOf(), kind = RoomKind.FORUM))
        me.app.go(Route.Directory)
        val forums = checkNotNull(me.app.directory(Route.Directory))
        forums.setSearch("Actualités du ministère")
        inTime("the forum") { while (forums.state.value.rooms.none { it.name == "Actualités du ministère" }) forums.again().join() }
        me.draw("directory")
        me.draw("directory", SMALL_PHONE, HUGE)
        me.draw("directory", TABLET, DARK)
        me.app.home()
    }

    /** Places, a name that can be taken for another, every emoji, who has read, and a conversation that was written out. */
    private suspend fun Stage.items() {
        val folder = java.nio.file.Files.createTempDirectory("bulla-export").toFile()
        val me = Person(exports = { name -> File(folder, name).path }).also { atEnd(it::end) }.signIn().live()
        val room = me.session.createGroup(GroupDraft("Direction Générаle", null, listOf()))
        me.session.room(room).use { it.timeline().use { timeline -> timeline.sendLocation(org.bulla.model.Place(48_856_600, 2_352_200, 12u), "La cour") } }
        me.session.say(room, "/me prend l’astreinte")
        val model = me.open(room)
        model.state.until("all is sent") { state -> state.rows.count { (it.content as? ItemContent.Event)?.event?.body.let { body -> body is MessageBody.Text || body is MessageBody.Location } } == 2 }
        model.setDraft("Bravo :tad")
        me.draw("items")
        me.draw("items", SMALL_PHONE, HUGE)
        me.draw("items", TABLET, DARK)
        model.setDraft("")
        val last = model.state.value.rows.last { it.content is ItemContent.Event }.id
        model.showReaders(last).done("looking")
        me.draw("readers")
        model.hideReaders()
        me.app.go(Route.Details(room))
        val details = checkNotNull(me.app.details(room))
        details.state.until("members") { it.members.isNotEmpty() }
        val words = org.bulla.model.ExportWords("Direction", "", "", "", "", 0)
        checkNotNull(details.export).begin(org.bulla.model.ExportFormat.HTML, words).done("the export")
        me.draw("export", Device("tall", 411, 1700))
        me.draw("export", SMALL_PHONE, HUGE)
        me.app.home()
        folder.deleteRecursively()
    }

    private suspend fun others(town: Town) = with(town) {
        me.app.go(Route.Details(crisis))
        checkNotNull(me.app.details(crisis)).state.until("members") { it.members.size == 3 && it.abilities.isNotEmpty() }
        me.draw("details")
        me.draw("details-member", Device("tall", 411, 1700), tap = 200 to 1320)
        me.draw("details", TABLET)
        me.draw("details", SMALL_PHONE, HUGE)
        me.app.home()
        me.app.go(Route.Contacts)
        val contacts = checkNotNull(me.app.contacts())
        contacts.state.until("those one talks to") { it.talking.isNotEmpty() }
        me.draw("contacts")
        me.draw("contacts", SMALL_PHONE, HUGE)
        me.app.home()
        me.app.go(Route.NewConversation())
        me.draw("new")
        val model = checkNotNull(me.app.newConversation(Route.NewConversation()))
        model.setSearch(bilal.id)
        model.state.until("found") { it.found.isNotEmpty() }
        me.draw("new-found")
        me.draw("new-found", TABLET, DARK)
        model.setSearch("zzzz")
        model.state.until("nobody") { it.nobody }
        me.draw("new-nobody", PHONE, ENGLISH)
        me.app.go(Route.NewGroup)
        val group = checkNotNull(me.app.newConversation(Route.NewGroup))
        group.setSearch(bilal.id)
        val found = group.state.until("found") { it.found.isNotEmpty() }.found
        group.choose(found.first())
        group.setGroupName("Astreinte")
        me.draw("new-group")
        me.draw("new-group-kind", PHONE, tap = 200 to 252)
        me.app.home()
        me.app.go(Route.Accounts)
        me.draw("accounts")
        me.app.home()
        me.app.go(Route.Settings)
        checkNotNull(me.app.settings()).state.until("the profile") { it.profile != null }
        me.draw("settings")
        me.draw("settings", SMALL_PHONE, HUGE)
        me.draw("settings", TABLET, DARK)
        me.app.setManaged(mapOf("no_screenshots" to "true", "no_export" to "true")).done("the management's word")
        me.app.go(Route.Managed)
        me.draw("managed")
        me.app.setManaged(emptyMap()).done("no management")
        me.app.home()
        me.app.go(Route.Password)
        me.draw("password")
        me.app.home()
        me.app.go(Route.Devices)
        val there = Agent.signIn(me.user, me.user.homeserver)
        checkNotNull(me.app.devices()).state.until("a new one") { state -> state.devices.any { it.new } }
        me.draw("devices")
        me.draw("devices", SMALL_PHONE, HUGE)
        there.end()
        me.app.home()
        me.app.go(Route.ContactRules)
        val contact = checkNotNull(me.app.contactRules())
        contact.setEverybody(false).done("nobody")
        for (name in listOf("@chef:ailleurs.example", "*.gouv.fr")) contact.add(name).done("an exception")
        me.draw("contact-rules")
        me.draw("contact-rules", SMALL_PHONE, HUGE)
        contact.setEverybody(true).done("everybody")
        me.app.home()
        me.app.go(Route.Delete)
        me.draw("delete")
        me.draw("delete", SMALL_PHONE, HUGE)
        me.app.home()
        me.app.go(Route.About)
        me.draw("about")
        me.app.home()
    }

    private suspend fun Stage.troubles(town: Town) {
        val proxy = proxy(0)
        val lost = person(0, proxy.url)
        val room = lost.session.createGroup(GroupDraft("Astreinte de nuit", null, listOf()))
        lost.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        lost.session.say(room, "Tout est calme.")
        proxy.refuse()
        lost.rooms.state.until("offline") { it.connection is SessionState.Offline }
        lost.draw("list-offline")
        val model = lost.open(room)
        model.setDraft("Je pars sans réseau.")
        model.send().done("queued")
        model.state.until("it waits") { state -> state.rows.count { (it.content as? ItemContent.Event)?.event?.mine == true } > 1 }
        lost.draw("direct-offline")
        lost.draw("direct-offline", TABLET, ENGLISH)
        lost.app.go(Route.NewConversation())
        val search = checkNotNull(lost.app.newConversation(Route.NewConversation()))
        search.setSearch("Bilal")
        search.state.until("no answer") { it.problem != null }
        lost.draw("new-offline")
        proxy.heal()
        proxy.softLogout()
        lost.session.networkChanged(NetworkChange.AVAILABLE)
        lost.app.home()
        lost.rooms.state.until("signed out") { it.connection is SessionState.SignedOut }
        lost.draw("list-session-ended")
        proxy.heal()
        town.me.app.openLink("matrix:nonsense").done("the link")
        town.me.draw("list-bad-link")
        town.me.app.problemSeen()
    }

    private fun Person.draw(
        name: String,
        device: Device = PHONE,
        look: Look = FRENCH,
        tap: Pair<Int, Int>? = null,
        ready: (org.bulla.ui.model.ConversationState) -> Boolean = { !it.loading },
    ) {
        val before = app.state.value.settings
        app.set(look.settings)
        val file = listOf(name, device.name, look.name).joinToString("-")
        Canvas(device) { CompositionLocalProvider(LocalShell provides DRAWING) { BullaApp(app, BRAND, INTER) } }.use { canvas ->
            // Pictures of people come some moments after the rows that they stand in.
            val moment = if (app.session == null) Duration.ZERO else 400.milliseconds
            canvas.settle(moment) { app.state.value.room?.let { room -> ready(checkNotNull(app.conversation(room)).state.value) } ?: true }
            tap?.let { (x, y) -> canvas.press(x, y); canvas.settle() }
            canvas.save(File(pictures, "$file.png"))
            val colours = canvas.pixels().toSet().size
            assertTrue(colours > 20, "$file is blank: $colours colours")
        }
        app.set(before)
        drawn += file
    }

    private fun index() {
        val figures = drawn.joinToString("\n") { "<figure><figcaption>$it</figcaption><img src=\"$it.png\" alt=\"$it\"></figure>" }
        val style = "body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:24px;background:#ddd}img{max-width:640px;box-shadow:0 1px 6px #888}figure{margin:0}"
        File(pictures, "index.html").writeText("<!doctype html><meta charset=utf-8><title>Bulla</title><style>$style</style>\n$figures\n")
    }
}

private fun org.bulla.model.EventItem.senderIs(user: String) = sender == user
