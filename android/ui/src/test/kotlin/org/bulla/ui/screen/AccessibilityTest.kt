@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.performKeyInput
import androidx.compose.ui.test.pressKey
import androidx.compose.ui.test.runDesktopComposeUiTest
import androidx.compose.ui.test.withKeyDown
import androidx.compose.ui.input.key.Key
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.MessageDraft
import org.bulla.model.RoomFilter
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.SilentBrowser
import org.bulla.ui.coding
import org.bulla.ui.done
import org.bulla.ui.entering
import org.bulla.ui.held
import org.bulla.ui.locking
import org.bulla.ui.model.Part
import org.bulla.ui.model.Route
import org.bulla.ui.newcomer
import org.bulla.ui.person
import org.bulla.ui.rooming
import org.bulla.ui.until
import org.bulla.ui.theme.Brand
import org.bulla.ui.words.FrenchWords
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Every screen as a screen reader and a keyboard meet it. */
class AccessibilityTest {
    @Test
    fun everyControlOfEveryScreenCanBeNamedAndReached() = story {
        val newcomer = newcomer(browser = SilentBrowser)
        newcomer.app.start().done("the start")
        newcomer.check("welcome")
        newcomer.app.go(Route.SignIn)
        newcomer.check("sign-in")
        entering { step -> check(step) }
        coding { step -> check(step) }
        held { hold -> check("$hold") }
        locking { step -> check("lock, $step") }
        val person = person()
        val bilal = agent(1)
        val direct = person.session.createDirect(bilal.id)
        bilal.accept(direct)
        person.rooms.state.until("the conversation") { state -> state.rows.any { it.id == direct && it.members == 2u } }
        person.check("list")
        person.rooms.setFilter(RoomFilter.FAVOURITES)
        person.rooms.state.until("no favourite") { it.empty }
        person.check("list, empty")
        person.rooms.setFilter(RoomFilter.ALL)
        val his = bilal.open(direct)
        his.timeline.sendText("Bonjour, voir https://intranet.gouv.example")
        val model = person.open(direct)
        model.state.until("his message") { state -> state.rows.any { (it.content as? ItemContent.Event)?.event?.sender == bilal.id } }
        person.check("conversation")
        person.check("conversation, wide", TABLET)
        person.app.go(Route.Details(direct))
        checkNotNull(person.app.details(direct)).state.until("members") { it.members.size == 2 }
        person.check("details")
        his.timeline.send(MessageDraft("Exercice à 15 h", announcement = true))
        val asked = model.state.until("the announcement") { state -> state.rows.any { it.announced } }.rows.last { it.announced }
        model.pin(asked.id, true).done("pinning")
        val root = checkNotNull((asked.content as ItemContent.Event).event.eventId)
        val way = Route.Of(direct, Part.Thread(root))
        person.app.home()
        person.app.go(way)
        val thread = checkNotNull(person.app.part(way))
        thread.state.until("the thread") { it.rows.any { row -> row.announced } }
        thread.setDraft("Noté")
        thread.send().done("answering")
        person.check("thread")
        for (route in listOf(Route.Of(direct, Part.Pinned), Route.Of(direct, Part.Around(root)))) {
            person.app.home()
            person.app.go(route)
            checkNotNull(person.app.part(route)).state.until("$route") { it.rows.any { row -> row.announced } }
            person.check("$route")
        }
        person.app.openRoom(direct)
        person.check("announcement and thread in a conversation")
        person.app.go(Route.Threads(direct))
        checkNotNull(person.app.threads(direct)).state.until("the list of threads") { it.rows.isNotEmpty() }
        person.check("threads")
        person.app.home()
        person.app.go(Route.Directory)
        checkNotNull(person.app.directory(Route.Directory)).state.until("the directory") { !it.loading }
        person.check("directory")
        person.app.home()
        person.app.go(Route.NewConversation())
        person.check("new conversation")
        person.app.go(Route.NewGroup)
        person.check("new group")
        person.app.home()
        for (route in listOf(Route.Contacts, Route.Accounts, Route.Settings, Route.Managed, Route.ContactRules, Route.Password, Route.Devices, Route.Delete, Route.About)) {
            person.app.go(route)
            person.check("$route")
            person.app.home()
        }
    }

    @Test
    fun spacesSettingsAndComposersAreReadOut() = story { rooming { step -> check(step) } }

    @Test
    fun shortcutsDoWhatPeopleExpect() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        val model = person.open(room)
        runDesktopComposeUiTest(TABLET.width, TABLET.height) {
            setContent { BullaApp(person.app, Brand.BULLA, INTER) }
            val composer = onNodeWithContentDescription(FrenchWords.write)
            waitUntil("the composer", 60_000) { onAllNodes(hasContentDescription(FrenchWords.write)).fetchSemanticsNodes().isNotEmpty() }
            model.setDraft("un")
            waitForIdle()
            composer.performKeyInput { withKeyDown(Key.ShiftLeft) { pressKey(Key.Enter) } }
            waitForIdle()
            assertEquals("un\n", model.state.value.draft)
            composer.performKeyInput { pressKey(Key.Enter) }
            waitUntil("it is sent", 60_000) { model.state.value.rows.any { (it.content as? ItemContent.Event)?.event?.mine == true && it.text == "un" } }
            assertEquals("", model.state.value.draft)
            waitUntil("it can be changed", 60_000) { model.state.value.rows.any { (it.content as? ItemContent.Event)?.event?.canEdit == true } }
            composer.performKeyInput { pressKey(Key.DirectionUp) }
            waitForIdle()
            assertEquals("un", model.state.value.draft)
            composer.performKeyInput { pressKey(Key.Escape) }
            waitForIdle()
            assertEquals("", model.state.value.draft)
            composer.performKeyInput { withKeyDown(Key.CtrlLeft) { pressKey(Key.N) } }
            waitForIdle()
            assertEquals(Route.NewConversation(), person.app.state.value.here)
            onNodeWithContentDescription(FrenchWords.searchPeople).performKeyInput { pressKey(Key.Escape) }
            waitForIdle()
            assertEquals(Route.Conversation(room), person.app.state.value.here)
            onNodeWithContentDescription(FrenchWords.write).performKeyInput { withKeyDown(Key.CtrlLeft) { pressKey(Key.K) } }
            waitUntil("the search has the focus", 60_000) {
                onNodeWithContentDescription(FrenchWords.searchConversations).fetchSemanticsNode().config.getOrNull(SemanticsProperties.Focused) == true
            }
        }
    }

    @Test
    fun newMessagesAndTroublesAreAnnounced() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        person.rooms.state.until("both are in") { state -> state.rows.any { it.id == room && it.members == 2u } }
        val model = person.open(room)
        val his = bilal.open(room)
        his.timeline.sendText("Écoutez ceci")
        model.state.until("his message") { state -> state.rows.any { it.text == "Écoutez ceci" } }
        person.app.openLink("nonsense").done("the link")
        runDesktopComposeUiTest(PHONE.width, PHONE.height) {
            setContent { BullaApp(person.app, Brand.BULLA, INTER) }
            waitUntil("the message is announced", 60_000) { announced().any { "Écoutez ceci" in it } }
            waitUntil("the trouble is announced", 60_000) { announced().any { it == FrenchWords.problemLink } }
        }
    }

    private fun ComposeUiTest.announced(): List<String> =
        onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.LiveRegion), useUnmergedTree = true).fetchSemanticsNodes().map { it.label }

    private fun Person.check(screen: String, device: Device = PHONE) {
        val troubles = mutableListOf<String>()
        runDesktopComposeUiTest(device.width, device.height) {
            setContent { BullaApp(app, Brand.BULLA, INTER) }
            waitUntil("$screen has something to do", 60_000) { onAllNodes(CONTROL).fetchSemanticsNodes().isNotEmpty() }
            waitForIdle()
            val controls = onAllNodes(CONTROL).fetchSemanticsNodes()
            for (node in controls.filter { !it.isLink && it.boundsInRoot.run { right > left && bottom > top } }) troubles += node.troubles().map { "$screen: $it: ${node.label.take(60)} ${node.size}" }
            val headings = onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.Heading), useUnmergedTree = true).fetchSemanticsNodes()
            if (headings.isEmpty()) troubles += "$screen: no heading"
        }
        assertTrue(troubles.isEmpty(), troubles.joinToString("\n"))
    }
}

/** A link within a text: the text that holds it is what is read, and says so. Compose gives its place a node without words, which no platform reads. */
private val SemanticsNode.isLink: Boolean get() = config.any { it.key.name == "LinkTestMarker" }

/** What stands in the way of someone who cannot see it or hit it. */
internal fun SemanticsNode.troubles(): List<String> = buildList {
    if (label.isBlank()) add("a control without a name")
    val field = config.getOrNull(SemanticsActions.SetText) != null
    if (config.getOrNull(SemanticsProperties.Role) == null && !field) add("a control without a role")
    // What lies across the edge of the screen is cut; its own size is what counts.
    val target = touchBoundsInRoot
    if (this@troubles.size.height < 48 && target.bottom - target.top < 47.5f) add("a target of less than 48 dp in height")
    if (this@troubles.size.width < 48 && target.right - target.left < 47.5f) add("a target of less than 48 dp in width")
}

internal val CONTROL = SemanticsMatcher("is a control") { node ->
    node.config.getOrNull(SemanticsActions.OnClick) != null || node.config.getOrNull(SemanticsActions.SetText) != null
}

internal val SemanticsNode.label: String
    get() = listOfNotNull(
        config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString(" "),
        config.getOrNull(SemanticsProperties.Text)?.joinToString(" ") { it.text },
        config.getOrNull(SemanticsProperties.EditableText)?.text,
    ).joinToString(" ").trim()

private val org.bulla.model.TimelineItem.text: String?
    get() = ((content as? ItemContent.Event)?.event?.body as? org.bulla.model.MessageBody.Text)?.plain

private val org.bulla.model.TimelineItem.announced: Boolean
    get() = (content as? ItemContent.Event)?.event?.run { announcement != null && eventId != null } == true
