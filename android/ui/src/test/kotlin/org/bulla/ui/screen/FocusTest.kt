@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isDialog
import androidx.compose.ui.test.isFocused
import androidx.compose.ui.test.isPopup
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performKeyInput
import androidx.compose.ui.test.pressKey
import androidx.compose.ui.test.requestFocus
import androidx.compose.ui.test.runDesktopComposeUiTest
import org.bulla.model.GroupDraft
import org.bulla.support.Agent
import org.bulla.support.Stage
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
import org.bulla.ui.theme.Brand
import org.bulla.ui.until
import org.bulla.ui.words.FrenchWords
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** By keyboard alone: Tab goes through each screen as it is read and leaves nothing out; dialogs and menus keep it, and give it back. */
class FocusTest {
    @Test
    fun tabFollowsTheReadingOrderAndReachesEverything() = story {
        val newcomer = newcomer(browser = SilentBrowser)
        newcomer.app.start().done("the start")
        newcomer.walk("welcome")
        newcomer.app.go(Route.SignIn)
        newcomer.app.signIn().setPassword("so that it can be submitted")
        newcomer.walk("sign-in")
        entering { step -> walk(step) }
        coding { step -> walk(step) }
        held { hold -> walk("$hold") }
        locking { step -> walk("lock, $step") }
        val (person, bilal) = acquainted()
        val room = person.rooms.state.value.rows.single().id
        person.walk("list")
        val his = bilal.open(room)
        for (text in listOf("un", "deux", "trois")) his.timeline.sendText(text)
        val model = person.open(room)
        model.setDraft("begun")
        model.state.until("three messages") { state -> state.rows.count { it.mine == false } >= 3 }
        person.walk("conversation")
        person.walk("both panes", WIDE)
        person.app.go(Route.Details(room))
        checkNotNull(person.app.details(room)).state.until("members") { it.members.size == 2 }
        person.walk("details")
        for (route in listOf(Route.Of(room, Part.Pinned), Route.Threads(room), Route.Directory, Route.NewConversation(), Route.NewGroup, Route.Contacts, Route.Accounts, Route.Settings, Route.Managed, Route.ContactRules, Route.Password, Route.Devices, Route.Delete, Route.About)) {
            person.app.home()
            person.app.go(route)
            person.walk("$route")
        }
    }

    @Test
    fun dialogsAndMenusKeepTheFocusAndGiveItBack() = story {
        val (person, bilal) = acquainted()
        val room = person.rooms.state.value.rows.single().id
        bilal.open(room).timeline.sendText("un")
        val group = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the group") { state -> state.rows.any { it.id == group } }

        person.app.go(Route.Settings)
        checkNotNull(person.app.settings()).state.until("the profile") { it.profile != null }
        person.opens("rename me", hasText(FrenchWords.displayName))
        person.opens("sign out", hasText(FrenchWords.signOut))
        person.app.home()
        person.app.openRoom(group)
        person.app.go(Route.Details(group))
        checkNotNull(person.app.details(group)).state.until("the members") { it.members.isNotEmpty() }
        person.opens("rename the group", hasText(FrenchWords.rename) or hasContentDescription(FrenchWords.rename))
        person.opens("leave", hasText(FrenchWords.leave) or hasContentDescription(FrenchWords.leave))
        val model = person.open(room)
        model.state.until("his message") { state -> state.rows.any { it.mine == false } }
        person.opens("what can be done with a message", hasText("un", substring = true))
    }

    /** Tab from the first to the last thing, in the order in which they stand. */
    private fun Person.walk(screen: String, device: Device = TALL) = runDesktopComposeUiTest(device.width, device.height) {
        setContent { BullaApp(app, Brand.BULLA, INTER) }
        waitUntil("$screen has something to do", 60_000) { onAllNodes(CONTROL).fetchSemanticsNodes().isNotEmpty() }
        waitForIdle()
        // What comes in while Tab goes round, a message or a receipt, was not there to be reached: then it goes round again.
        var rounds = 0
        var there: Set<Int>
        var seen: Map<Int, Stop>
        do {
            there = controls().map { it.id }.toSet()
            seen = walked()
        } while (++rounds < 10 && controls().any { it.id !in there })
        val missed = controls().filter { it.id !in seen }
        assertTrue(missed.isEmpty()) { "$screen: Tab does not reach ${missed.map { it.label.take(40) }}; it reaches ${seen.values.map { it.label.take(20) }}" }
        // A screen may put the focus where it is needed first; Tab then goes round.
        val places = seen.values.toList()
        val start = places.indices.minBy { places[it].bounds.run { left + top * 10 } }
        val round = places.drop(start) + places.take(start)
        for ((one, next) in round.zipWithNext()) {
            val left = next.left ?: one.bounds
            assertTrue(next.bounds.isReadAfter(left)) { "$screen: from “${one.label}” $left to “${next.label}” ${next.bounds}" }
        }
    }

    /** What can be used and is seen. */
    private fun ComposeUiTest.controls() = onAllNodes(CONTROL).fetchSemanticsNodes()
        .filter { SemanticsProperties.Disabled !in it.config && it.boundsInRoot.run { right > left && bottom > top } }

    /** What Tab leads to, by semantics id, until it comes round. */
    private fun ComposeUiTest.walked(): Map<Int, Stop> {
        val seen = LinkedHashMap<Int, Stop>()
        var last: Int? = null
        repeat(MOST) {
            press(Key.Tab)
            val node = onAllNodes(isFocused()).fetchSemanticsNodes().lastOrNull() ?: return@repeat
            if (node.id in seen) return seen
            // What the focus leads to is scrolled into view, and what it came from with it.
            val left = onAllNodes(CONTROL).fetchSemanticsNodes().find { it.id == last }?.boundsInRoot
            seen[node.id] = Stop(node.label, node.boundsInRoot, left?.takeIf { it.right > it.left })
            last = node.id
        }
        return seen
    }

    /** Where the focus was: [bounds] of it, and of what it [left], both as they stood then. */
    private class Stop(val label: String, val bounds: Rect, val left: Rect?)

    /** Opens what lies over the screen from [opener], goes through it by Tab, and closes it by Escape. */
    private fun Person.opens(what: String, opener: SemanticsMatcher) = runDesktopComposeUiTest(TALL.width, TALL.height) {
        setContent { BullaApp(app, Brand.BULLA, INTER) }
        val button = opener and hasClickAction()
        waitUntil("$what: its opener", 60_000) { onAllNodes(button).fetchSemanticsNodes().isNotEmpty() }
        onAllNodes(button).onFirst().requestFocus()
        waitForIdle()
        val before = onAllNodes(isFocused()).fetchSemanticsNodes().single().id
        press(Key.Enter)
        val over = isDialog() or isPopup()
        waitUntil("$what: it is open", 60_000) { onAllNodes(over).fetchSemanticsNodes().isNotEmpty() }
        waitForIdle()
        val controls = onAllNodes(CONTROL and hasAnyAncestor(over)).fetchSemanticsNodes()
        assertTrue(controls.isNotEmpty()) { "$what: nothing to do in it" }
        val troubles = controls.flatMap { node -> node.troubles().map { "$what: $it: ${node.label}" } }
        assertTrue(troubles.isEmpty()) { troubles.joinToString("\n") }
        val seen = walked().keys
        val all = controls.filter { SemanticsProperties.Disabled !in it.config }.map { it.id }.toSet()
        assertEquals(all, seen, "$what: where Tab leads")
        press(Key.Escape)
        waitUntil("$what: it is closed", 60_000) { onAllNodes(over).fetchSemanticsNodes().isEmpty() }
        waitForIdle()
        assertEquals(listOf(before), onAllNodes(isFocused()).fetchSemanticsNodes().map { it.id }, "$what: the focus after it")
    }

    private fun ComposeUiTest.press(key: Key) {
        onAllNodes(isRoot()).onLast().performKeyInput { pressKey(key) }
        waitForIdle()
    }

    private suspend fun Stage.acquainted(): Pair<Person, Agent> {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createDirect(bilal.id)
        bilal.accept(room)
        person.rooms.state.until("both are in") { state -> state.rows.any { it.id == room && it.members == 2u } }
        return person to bilal
    }

    private companion object {
        val WIDE = Device("wide", 1280, 1600)
        const val MOST = 80
    }
}

/** In the same line and further right, in a line below, or in the pane to the right. */
private fun Rect.isReadAfter(other: Rect): Boolean =
    top >= other.center.y || top < other.bottom && bottom > other.top && left >= other.left || left >= PANE && other.right <= PANE

/** Where the second pane begins. */
private const val PANE = 380f

private val org.bulla.model.TimelineItem.mine: Boolean? get() = (content as? org.bulla.model.ItemContent.Event)?.event?.mine
