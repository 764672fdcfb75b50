// Where the map puts its nodes and how its edges run, without a window.
#include <QTest>

#include "tests/widgets/samples.h"
#include "widgets/topology/layout.h"

using namespace nova::topology;

namespace {

double sixPixelsALetter(const QString& text, bool title) {
    return static_cast<double>(text.size()) * (title ? 6.6 : 5.8);
}

// A map of `services` writers with a topic and a consumer each, and one store.
Data grown(int services) {
    Data data;
    const auto add = [&](const QString& id, Column column, NodeKind kind) {
        Node node;
        node.id = node.title = id;
        node.column = column;
        node.kind = kind;
        data.nodes.push_back(node);
    };
    add(QStringLiteral("users"), Column::Users, NodeKind::People);
    add(QStringLiteral("gateway"), Column::Gateway, NodeKind::Service);
    add(QStringLiteral("store"), Column::Stores, NodeKind::Store);
    data.edges.push_back({QStringLiteral("users"), QStringLiteral("gateway"), 10, EdgeState::Normal});
    for (int i = 0; i < services; ++i) {
        const QString n = QString::number(i);
        add(u"w" + n, Column::Writers, NodeKind::Service);
        add(u"t" + n, Column::Topics, NodeKind::Topic);
        add(u"c" + n, Column::Consumers, NodeKind::Service);
        data.edges.push_back({QStringLiteral("gateway"), u"w" + n, 100.0 * i, EdgeState::Normal});
        data.edges.push_back({u"w" + n, u"t" + n, 100, EdgeState::Normal});
        data.edges.push_back({u"t" + n, u"c" + n, 100, EdgeState::Normal});
        data.edges.push_back({u"c" + n, QStringLiteral("store"), -1, EdgeState::Normal});
        data.edges.push_back({u"w" + n, QStringLiteral("store"), -1, EdgeState::Normal});
    }
    return data;
}

}  // namespace

class TestTopologyLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nodesDoNotOverlap_data();
    void nodesDoNotOverlap();
    void edgesAreOrthogonalAndEndAtTheirNodes_data() { nodesDoNotOverlap_data(); }
    void edgesAreOrthogonalAndEndAtTheirNodes();
    void labelsCoverNothing_data() { nodesDoNotOverlap_data(); }
    void labelsCoverNothing();
    void widthsFollowRates();
    void writersAndTopicsStandInLine();
    void nothingMovesWithTheRates();
    void aBusIsOneLine();
    void narrowMapsShortenTitles();
    void unknownEndsAreLeftOut();
    void arrowKeysReachNeighbours();
};

void TestTopologyLayout::nodesDoNotOverlap_data() {
    QTest::addColumn<Data>("data");
    QTest::addColumn<QSizeF>("size");
    QTest::newRow("design") << nova::test::healthyMap() << QSizeF(1376, 340);
    QTest::newRow("small") << nova::test::smallMap() << QSizeF(1376, 340);
    QTest::newRow("narrow") << nova::test::smallMap() << QSizeF(960, 260);
    for (const int services : {1, 2, 5, 9, 15}) {
        const Data data = grown(services);
        const QSizeF least = minimumSize(data);
        QTest::addRow("%d services", services) << data << QSizeF(1376, std::max(340.0, least.height()));
        QTest::addRow("%d services, least size", services) << data << least;
    }
}

void TestTopologyLayout::nodesDoNotOverlap() {
    QFETCH(Data, data);
    QFETCH(QSizeF, size);
    const Layout layout = layOut(data, size, sixPixelsALetter);
    QCOMPARE(layout.nodes.size(), data.nodes.size());
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const QRectF& rect = layout.nodes[i].rect;
        QVERIFY(QRectF(QPointF(), size).contains(rect));
        for (std::size_t j = i + 1; j < layout.nodes.size(); ++j) QVERIFY(!rect.intersects(layout.nodes[j].rect));
        QCOMPARE(layout.nodeAt(rect.center()), static_cast<int>(i));
    }
}

void TestTopologyLayout::edgesAreOrthogonalAndEndAtTheirNodes() {
    QFETCH(Data, data);
    QFETCH(QSizeF, size);
    const Layout layout = layOut(data, size, sixPixelsALetter);
    QCOMPARE(layout.edges.size(), data.edges.size());
    for (const EdgeBox& box : layout.edges) {
        const Edge& edge = data.edges[static_cast<std::size_t>(box.edge)];
        const auto rectOf = [&](const QString& id) {
            for (std::size_t i = 0; i < data.nodes.size(); ++i)
                if (data.nodes[i].id == id) return layout.nodes[i].rect;
            return QRectF();
        };
        QVERIFY(rectOf(edge.from).adjusted(-0.5, 0, 0.5, 0).contains(box.points.front()));
        QVERIFY(rectOf(edge.to).adjusted(-7, 0, 7, 0).contains(box.points.back()));
        for (std::size_t i = 0; i + 1 < box.points.size(); ++i) {
            const QPointF d = box.points[i + 1] - box.points[i];
            QVERIFY(std::abs(d.x()) < 0.51 || std::abs(d.y()) < 0.51);
            const QRectF part = QRectF(box.points[i], box.points[i + 1]).normalized().adjusted(1, -0.1, -1, 0.1);
            for (std::size_t n = 0; n < data.nodes.size(); ++n) {
                const bool end = data.nodes[n].id == edge.from || data.nodes[n].id == edge.to;
                if (!end && part.width() > 0)
                    QVERIFY2(!part.intersects(layout.nodes[n].rect),
                             qPrintable(edge.from + u" to " + edge.to + u" through " + data.nodes[n].id));
            }
        }
    }
}

void TestTopologyLayout::labelsCoverNothing() {
    QFETCH(Data, data);
    QFETCH(QSizeF, size);
    const Layout layout = layOut(data, size, sixPixelsALetter);
    for (std::size_t i = 0; i < layout.edges.size(); ++i) {
        const EdgeBox& box = layout.edges[i];
        QCOMPARE(box.text.isEmpty(), box.label.isEmpty());
        if (box.text.isEmpty()) continue;
        QVERIFY(box.label.width() >= sixPixelsALetter(box.text, false));
        for (const NodeBox& node : layout.nodes) QVERIFY(!box.label.intersects(node.rect));
        for (std::size_t j = i + 1; j < layout.edges.size(); ++j) QVERIFY(!box.label.intersects(layout.edges[j].label));
    }
}

void TestTopologyLayout::widthsFollowRates() {
    Data data = grown(1);
    const std::pair<double, double> steps[] = {{-1, 1}, {99, 1}, {100, 1.75}, {999, 1.75}, {1000, 2.5}};
    for (const auto& [rate, width] : steps) {
        data.edges[0].rate = rate;
        QCOMPARE(layOut(data, {1376, 340}, sixPixelsALetter).edges[0].width, width);
    }
}

void TestTopologyLayout::writersAndTopicsStandInLine() {
    const Data data = nova::test::smallMap();
    const Layout layout = layOut(data, {1376, 340}, sixPixelsALetter);
    const auto y = [&](const QString& id) {
        for (std::size_t i = 0; i < data.nodes.size(); ++i)
            if (data.nodes[i].id == id) return layout.nodes[i].rect.center().y();
        return -1.0;
    };
    for (const QString& name : {QStringLiteral("identity"), QStringLiteral("content"), QStringLiteral("social")})
        QCOMPARE(y(name), y(u"t." + name));
    QCOMPARE(y(QStringLiteral("feed")), y(QStringLiteral("t.content")));
}

void TestTopologyLayout::nothingMovesWithTheRates() {
    Data data = nova::test::smallMap();
    const Layout before = layOut(data, {1376, 340}, sixPixelsALetter);
    for (std::size_t i = 0; i < data.edges.size(); ++i) data.edges[i].rate = i % 2 == 0 ? 5'000 : 0;
    const Layout after = layOut(data, {1376, 340}, sixPixelsALetter);
    for (std::size_t i = 0; i < before.nodes.size(); ++i) QCOMPARE(after.nodes[i].rect, before.nodes[i].rect);
}

void TestTopologyLayout::aBusIsOneLine() {
    Data data = grown(5);
    for (Edge& edge : data.edges) edge.bus = edge.from.startsWith(u'w') && edge.to == u"store";
    const Layout layout = layOut(data, {1376, 340}, sixPixelsALetter);
    std::vector<QPointF> ends;
    for (const EdgeBox& box : layout.edges) {
        if (!data.edges[static_cast<std::size_t>(box.edge)].bus) continue;
        QCOMPARE(box.points.size(), std::size_t{6});
        ends.insert(ends.end(), box.points.end() - 5, box.points.end());  // from the shared channel on
        ends[ends.size() - 5].setY(0);                                    // where each joins it is its own
    }
    QCOMPARE(ends.size(), std::size_t{25});
    for (std::size_t i = 5; i < ends.size(); ++i) QCOMPARE(ends[i], ends[i % 5]);
}

void TestTopologyLayout::narrowMapsShortenTitles() {
    const Data data = nova::test::smallMap();
    QCOMPARE(layOut(data, {1376, 340}, sixPixelsALetter).nodes[3].title, QStringLiteral("content-service"));
    const Layout narrow = layOut(data, {960, 340}, sixPixelsALetter);
    QCOMPARE(narrow.nodes[1].title, QStringLiteral("gateway"));
    QCOMPARE(narrow.nodes[3].title, QStringLiteral("content"));
    QCOMPARE(narrow.nodes[6].title, QStringLiteral("content.events"));
}

void TestTopologyLayout::unknownEndsAreLeftOut() {
    Data data = grown(1);
    data.edges.push_back({QStringLiteral("w0"), QStringLiteral("nowhere"), 5, EdgeState::Normal});
    QCOMPARE(layOut(data, {1376, 340}, sixPixelsALetter).edges.size(), data.edges.size() - 1);
    QVERIFY(layOut(Data{}, {400, 200}, sixPixelsALetter).nodes.empty());
}

void TestTopologyLayout::arrowKeysReachNeighbours() {
    const Data data = nova::test::smallMap();
    const Layout layout = layOut(data, {1376, 340}, sixPixelsALetter);
    QCOMPARE(layout.neighbour(-1, 1, 0), 0);
    QCOMPARE(layout.neighbour(0, 1, 0), 1);   // users to gateway
    QCOMPARE(layout.neighbour(3, 0, 1), 4);   // content to social
    QCOMPARE(layout.neighbour(3, 0, -1), 2);  // content to identity
    QCOMPARE(layout.neighbour(3, 1, 0), 6);   // content to its topic
    QCOMPARE(layout.neighbour(0, -1, 0), -1);
}

QTEST_GUILESS_MAIN(TestTopologyLayout)
#include "tst_topology_layout.moc"
