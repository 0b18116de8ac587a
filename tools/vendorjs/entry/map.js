// The part of OpenLayers and proj4 that the product's maps use. Nothing here is
// put into the global scope: OpenLayers' Map would hide the language's own.
import {register} from 'ol/proj/proj4.js';
import proj4 from 'proj4';

export {default as Map} from 'ol/Map.js';
export {default as View} from 'ol/View.js';
export {default as Overlay} from 'ol/Overlay.js';
export {default as Feature} from 'ol/Feature.js';
export {default as Collection} from 'ol/Collection.js';
export {unByKey} from 'ol/Observable.js';

export {default as Point} from 'ol/geom/Point.js';
export {default as LineString} from 'ol/geom/LineString.js';
export {default as Polygon, fromExtent as polygonFromExtent} from 'ol/geom/Polygon.js';
export {default as MultiPolygon} from 'ol/geom/MultiPolygon.js';

export {default as VectorLayer} from 'ol/layer/Vector.js';
export {default as VectorTileLayer} from 'ol/layer/VectorTile.js';
export {default as TileLayer} from 'ol/layer/Tile.js';
export {default as ImageLayer} from 'ol/layer/Image.js';
export {default as LayerGroup} from 'ol/layer/Group.js';
export {default as VectorSource} from 'ol/source/Vector.js';
export {default as VectorTileSource} from 'ol/source/VectorTile.js';
export {default as ClusterSource} from 'ol/source/Cluster.js';
export {default as WMTSSource, optionsFromCapabilities} from 'ol/source/WMTS.js';
export {default as TileWMSSource} from 'ol/source/TileWMS.js';
export {default as XYZSource} from 'ol/source/XYZ.js';
export {default as WMTSTileGrid} from 'ol/tilegrid/WMTS.js';
export {default as WMTSCapabilities} from 'ol/format/WMTSCapabilities.js';

export {default as GeoJSON} from 'ol/format/GeoJSON.js';
export {default as MVT} from 'ol/format/MVT.js';

export {default as Style} from 'ol/style/Style.js';
export {default as Fill} from 'ol/style/Fill.js';
export {default as Stroke} from 'ol/style/Stroke.js';
export {default as Text} from 'ol/style/Text.js';
export {default as Circle} from 'ol/style/Circle.js';
export {default as RegularShape} from 'ol/style/RegularShape.js';
export {default as Icon} from 'ol/style/Icon.js';

export {default as Select} from 'ol/interaction/Select.js';
export {default as Draw} from 'ol/interaction/Draw.js';
export {default as Modify} from 'ol/interaction/Modify.js';
export {default as Snap} from 'ol/interaction/Snap.js';
export {default as MouseWheelZoom} from 'ol/interaction/MouseWheelZoom.js';
export {default as DragPan} from 'ol/interaction/DragPan.js';
export {defaults as defaultInteractions} from 'ol/interaction/defaults.js';
export {platformModifierKeyOnly} from 'ol/events/condition.js';

export {default as Control} from 'ol/control/Control.js';
export {default as ScaleLine} from 'ol/control/ScaleLine.js';
export {default as Attribution} from 'ol/control/Attribution.js';
export {default as Zoom} from 'ol/control/Zoom.js';
export {default as FullScreen} from 'ol/control/FullScreen.js';
export {default as MousePosition} from 'ol/control/MousePosition.js';
export {defaults as defaultControls} from 'ol/control/defaults.js';

export {boundingExtent, buffer, createEmpty, extend, getCenter, isEmpty} from 'ol/extent.js';
export {fromLonLat, toLonLat, transform, transformExtent, get as projection} from 'ol/proj.js';
export {getArea, getLength} from 'ol/sphere.js';

// CGCS2000 in degrees, and its Gauss-Krüger zones that reach into China: three
// degrees wide with the zone number in the easting (EPSG:4513-4533) and without
// (EPSG:4534-4554). CGCS2000 uses an ellipsoid that differs from that of
// GRS 80 by less than a millimetre.
proj4.defs('EPSG:4490', '+proj=longlat +ellps=GRS80 +no_defs +type=crs');
for (let zone = 25; zone <= 45; zone++) {
  const gk = `+proj=tmerc +lat_0=0 +lon_0=${zone * 3} +k=1 +y_0=0 +ellps=GRS80 +units=m +no_defs +type=crs`;
  proj4.defs(`EPSG:${4488 + zone}`, `${gk} +x_0=${zone * 1000000 + 500000}`);
  proj4.defs(`EPSG:${4509 + zone}`, `${gk} +x_0=500000`);
}
register(proj4);

export {proj4};
