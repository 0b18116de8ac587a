// The part of ECharts that the product's charts use. Maps are drawn by
// OpenLayers, and ECharts' own tool box is left out: export and print are the
// page's.
import * as echarts from 'echarts/core';
import {BarChart, HeatmapChart, LineChart, PieChart, ScatterChart} from 'echarts/charts';
import {
  AriaComponent, DatasetComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, MarkPointComponent, TitleComponent, TooltipComponent, TransformComponent, VisualMapComponent,
} from 'echarts/components';
import {LabelLayout} from 'echarts/features';
import {CanvasRenderer, SVGRenderer} from 'echarts/renderers';

echarts.use([
  BarChart, HeatmapChart, LineChart, PieChart, ScatterChart,
  AriaComponent, DatasetComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, MarkPointComponent, TitleComponent, TooltipComponent, TransformComponent, VisualMapComponent,
  LabelLayout, CanvasRenderer, SVGRenderer,
]);

export const {init, dispose, getInstanceByDom, connect, disconnect, registerTheme, graphic, time, format, version} = echarts;
