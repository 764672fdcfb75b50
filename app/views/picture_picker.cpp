#include "app/views/picture_picker.h"

#include <QBuffer>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QImageReader>
#include <QLabel>
#include <QLinearGradient>
#include <QMenu>
#include <QMimeDatabase>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QUrl>
#include <cmath>

#include "app/views/pane.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr QSize sampleSize{640, 400};
constexpr int previewHeight = 22;

QByteArray pngOf(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

std::optional<engine::UploadFile> fileAt(const QString& path) {
    QFile file(path);
    if (!QImageReader(path).canRead() || file.size() > PicturePicker::largest || !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return engine::UploadFile{QFileInfo(path).fileName(), QMimeDatabase().mimeTypeForFile(path).name(), file.readAll()};
}

}  // namespace

engine::UploadFile samplePicture(int number) {
    QImage image(sampleSize, QImage::Format_RGB32);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    const int hue = (24 + 67 * number) % 360;
    QLinearGradient sky(0, 0, 0, sampleSize.height());
    sky.setColorAt(0, QColor::fromHsv((hue + 200) % 360, 120, 120));
    sky.setColorAt(1, QColor::fromHsv(hue, 140, 250));
    painter.fillRect(image.rect(), sky);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor::fromHsv(hue, 60, 255));
    painter.drawEllipse(QPointF(120 + (number * 97) % 400, 150), 42, 42);
    for (int ridge = 0; ridge < 4; ++ridge) {
        QPainterPath hills(QPointF(0, sampleSize.height()));
        for (int x = 0; x <= sampleSize.width(); x += 8) {
            const double wave =
                std::sin(x * 0.011 * (ridge + 1) + number * 1.7 + ridge) + 0.4 * std::sin(x * 0.05 + ridge);
            hills.lineTo(x, 215 + ridge * 48 + wave * 22);
        }
        hills.lineTo(sampleSize.width(), sampleSize.height());
        painter.setBrush(QColor::fromHsv((hue + 190) % 360, 110, 150 - ridge * 30));
        painter.drawPath(hills);
    }
    painter.end();
    return {u"landscape-%1.png"_s.arg(number + 1), u"image/png"_s, pngOf(image)};
}

std::optional<engine::UploadFile> pictureOf(const QMimeData* data) {
    if (!data) return std::nullopt;
    for (const auto& url : data->urls()) {
        if (!url.isLocalFile()) continue;
        if (auto file = fileAt(url.toLocalFile())) return file;
    }
    const auto image = qvariant_cast<QImage>(data->imageData());
    if (image.isNull()) return std::nullopt;
    engine::UploadFile file{u"pasted.png"_s, u"image/png"_s, pngOf(image)};
    return file.bytes.size() > PicturePicker::largest ? std::nullopt : std::optional(file);
}

PicturePicker::PicturePicker(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    m_preview = new QLabel(this);
    m_name = newLabel({}, u"hint"_s, this);
    auto* away = new QPushButton(tr("Remove"), this);
    away->setProperty("small", true);
    away->setProperty("kind", u"ghost"_s);
    away->setToolTip(tr("Posts without this picture"));
    row->addWidget(m_preview);
    row->addWidget(m_name);
    row->addWidget(away);
    row->addStretch(1);
    connect(away, &QPushButton::clicked, this, [this] { take(); });
    m_button = new QPushButton(tr("Picture"), parent);
    m_button->setToolTip(tr("Adds a picture to the post; one can also be dropped or pasted here"));
    m_button->setMenu(new QMenu(m_button));
    fillMenu();
    hide();
}

void PicturePicker::fillMenu() {
    auto* menu = m_button->menu();
    connect(menu->addAction(tr("Sample picture")), &QAction::triggered, this,
            [this] { choose(samplePicture(m_samples++)); });
    connect(menu->addAction(tr("Choose a file …")), &QAction::triggered, this, &PicturePicker::openFile);
    auto* paste = menu->addAction(tr("Paste"));
    connect(paste, &QAction::triggered, this, [this] {
        if (const auto file = pictureOf(QGuiApplication::clipboard()->mimeData())) choose(*file);
    });
    connect(menu, &QMenu::aboutToShow, paste, [paste] {
        const auto* mime = QGuiApplication::clipboard()->mimeData();
        paste->setEnabled(mime && (mime->hasImage() || mime->hasUrls()));
    });
}

void PicturePicker::openFile() {
    auto* dialog = new QFileDialog(this, tr("A picture to post"), {}, tr("Pictures (*.png *.jpg *.jpeg *.gif *.webp)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const auto file = fileAt(path)) return choose(*file);
        m_chosen.reset();
        m_preview->hide();
        m_name->setText(tr("%1 is no picture, or larger than 10 MB").arg(QFileInfo(path).fileName()));
        show();
    });
    dialog->open();
}

void PicturePicker::choose(const engine::UploadFile& file) {
    m_chosen = file;
    showChosen();
}

std::optional<engine::UploadFile> PicturePicker::take() {
    hide();
    return std::exchange(m_chosen, std::nullopt);
}

void PicturePicker::showChosen() {
    const QImage image = QImage::fromData(m_chosen->bytes);
    m_preview->setPixmap(QPixmap::fromImage(image.scaledToHeight(previewHeight, Qt::SmoothTransformation)));
    m_preview->setVisible(!image.isNull());
    m_name->setText(m_chosen->name + u" · "_s + theme::bytes(m_chosen->bytes.size()));
    show();
}

}  // namespace nova::views
